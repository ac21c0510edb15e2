import { fastify, type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { EitherServer } from '../lib/either-server.ts'
import { type Certificate } from './certificate.ts'
import { pointToHttps } from './point-to-https.ts'

export interface ServerAppOptions {
  /** Absent: plain HTTP. */
  readonly certificate: Certificate | undefined
  /** With a certificate: those who speak plain HTTP are served like the others, not sent to https. */
  readonly isPlainServed: boolean
  readonly bodyLimitBytes: number
  /** Answers what is no address at all, and so reaches no route. */
  readonly answerBrokenAddress: NonNullable<FastifyServerOptions['frameworkErrors']>
}

/** What the framework sets on servers it makes itself. (How long a recording may take to arrive is nobody's to say.) */
const LIKE_PLAIN_ONES = { keepAliveTimeout: 72_000, requestTimeout: 0 }

/** Names in addresses may be as long as ids are, each letter written as three. */
const MAX_PARAM_LENGTH = 600

/** A server that still has nothing on it. Whoever closes it closes all its connections. */
export function createServerApp(options: ServerAppOptions): FastifyInstance {
  const { certificate, isPlainServed, bodyLimitBytes, answerBrokenAddress } = options
  const basics = {
    bodyLimit: bodyLimitBytes,
    forceCloseConnections: true,
    frameworkErrors: answerBrokenAddress,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
  }
  if (!certificate) return fastify(basics)
  return fastify({
    ...basics,
    serverFactory: (onRequest) => {
      const { key, cert } = certificate.current()
      const server = new EitherServer({
        key,
        cert,
        onRequest,
        onPlainRequest: isPlainServed ? undefined : pointToHttps,
      })
      Object.assign(server, LIKE_PLAIN_ONES)
      const stop = certificate.onRenewal((renewed) => server.setSecureContext(renewed))
      server.once('close', stop)
      return server
    },
  })
}
