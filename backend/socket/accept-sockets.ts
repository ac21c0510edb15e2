import { type IncomingMessage } from 'node:http'
import fastifyWebsocket from '@fastify/websocket'
import { type FastifyInstance, type FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of a route for sockets that take larger messages than the others of the app. */
    readonly maxMessageBytes?: number
  }
}

/**
 * Lets routes that are added later be sockets.
 * @param maxMessageBytes a client that sends more at once is cut off, unless its route says otherwise.
 */
export async function acceptSockets(app: FastifyInstance, maxMessageBytes: number): Promise<void> {
  const limitsBytes = new WeakMap<IncomingMessage, number>()
  await app.register(fastifyWebsocket, {
    options: {
      perMessageDeflate: false,
      maxPayload: maxMessageBytes,
      // Called just before a socket is made; what the options say then counts for this one.
      verifyClient: ({ req }: { readonly req: IncomingMessage }) => {
        app.websocketServer.options.maxPayload = limitsBytes.get(req) ?? maxMessageBytes
        return true
      },
    },
    preClose: (done) => done(), // The routes let their clients go when their sessions have ended.
  })
  app.addHook('preHandler', (request, _reply, done) => {
    if (request.ws) setLimit(request)
    done()
  })

  function setLimit({ routeOptions, raw }: FastifyRequest): void {
    const { maxMessageBytes: ownBytes } = routeOptions.config
    if (ownBytes !== undefined) limitsBytes.set(raw, ownBytes)
  }
}
