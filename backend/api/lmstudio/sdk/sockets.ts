import fastifyWebsocket from '@fastify/websocket'
import { type FastifyInstance, type FastifyRequest } from 'fastify'
import { type WebSocket } from 'ws'
import { AppError } from '../../../errors.ts'
import { gathering } from '../../../lib/gathered-writes.ts'
import { type AccessRules, checkToken } from '../../../socket/access.ts'
import { answerUnknown } from '../answer-unknown.ts'
import { type LmStudioDoor } from '../lmstudio-deps.ts'
import { embeddingNamespace } from './embedding-namespace.ts'
import { llmNamespace } from './llm-namespace.ts'
import { type Namespace } from './namespace.ts'
import { RpcSocket } from './rpc-socket.ts'
import { systemNamespace } from './system-namespace.ts'

const MAX_MESSAGE_BYTES = 64 * 1024 * 1024
/** The SDK opens these, too; what it asks there is answered with an error. */
const CLOSED = ['diagnostics', 'files', 'repository', 'plugins', 'runtime']
const NOTHING: Namespace = { rpcs: new Map(), channels: new Map() }

/** The sockets of LM Studio's SDK, one for each of its namespaces. */
export async function registerSdkSockets(
  app: FastifyInstance,
  door: LmStudioDoor,
  access: AccessRules,
): Promise<void> {
  if (!app.hasDecorator('websocketServer')) {
    await app.register(fastifyWebsocket, {
      options: { maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false },
    })
  }
  const open = new Set<WebSocket>()
  const namespaces = new Map<string, Namespace>([
    ['llm', llmNamespace(door)],
    ['embedding', embeddingNamespace(door)],
    ['system', systemNamespace(door)],
    ...CLOSED.map((name): [string, Namespace] => [name, NOTHING]),
  ])
  await app.register(async (scope) => {
    for (const [name, namespace] of namespaces) {
      scope.route({
        method: 'GET',
        url: `/${name}`,
        handler: answerUnknown,
        wsHandler: (socket, request) => {
          open.add(socket)
          socket.once('close', () => open.delete(socket))
          const gather = gathering(request.raw.socket)
          serve(socket, { namespace, door, isAllowed: admission(access, request), gather })
        },
      })
    }
  })
  app.addHook('preClose', async () => {
    for (const socket of open) socket.terminate()
  })
}

interface Served {
  readonly namespace: Namespace
  readonly door: LmStudioDoor
  readonly isAllowed: (passkey: string) => boolean
  readonly gather: () => void
}

/** Listeners are attached in the tick of the connection: what comes before them would be lost. */
function serve(socket: WebSocket, { namespace, door: { logger }, isAllowed, gather }: Served): void {
  const rpc = new RpcSocket({ socket, namespace, isAllowed, gather, logger })
  socket.on('message', (raw) => rpc.onMessage(raw))
  socket.on('error', (error) => logger.debug({ err: error }, 'A socket failed'))
  socket.on('close', () => rpc.onClose())
}

/** The SDK cannot send headers, so that the token may come as its passkey as well. */
function admission(access: AccessRules, { headers }: FastifyRequest): (passkey: string) => boolean {
  return (passkey) => isToken(access, headers.authorization) || isToken(access, `Bearer ${passkey}`)
}

function isToken(access: AccessRules, authorization: string | undefined): boolean {
  try {
    checkToken(access, {
      headers: authorization === undefined ? {} : { authorization },
      queryToken: undefined,
    })
    return true
  } catch (error) {
    if (error instanceof AppError) return false
    throw error
  }
}
