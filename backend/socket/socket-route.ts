import { type Duplex } from 'node:stream'
import { type FastifyInstance, type FastifyRequest } from 'fastify'
import { type WebSocket } from 'ws'
import { type CrudAnswer } from '#shared/protocol/events.ts'
import { type ChangeFeed } from '../crud/changes.ts'
import { type Crud } from '../crud/dispatch.ts'
import { AppError } from '../errors.ts'
import { type Clock } from '../lib/clock.ts'
import { type AccessRules, checkToken } from './access.ts'
import { Connection } from './connection.ts'
import { Session, type SessionDeps } from './session.ts'
import { WebSocketRouter } from './web-socket-router.ts'

/** A client that does not answer a ping until the next one is gone. */
const PING_EVERY_MS = 30_000
const CLOSE_GOING_AWAY = 1001
const GOODBYE_MS = 500
/** Our own close code: a token is needed, or another one. */
export const CLOSE_UNAUTHORIZED = 4401

export interface SocketRouteDeps extends Omit<SessionDeps, 'connection' | 'publish'> {
  readonly crud: Crud
  readonly changes: ChangeFeed
  readonly access: AccessRules
}

/** `/ws`: one Session per connection. Sessions end before the server does. */
export function registerSocketRoute(app: FastifyInstance, deps: SocketRouteDeps): void {
  const sessions = new Set<Session>()
  app.get('/ws', { websocket: true }, (socket, request) => {
    if (isAllowed(deps.access, request)) openSession(deps, { socket, stream: request.raw.socket }, sessions)
    else socket.close(CLOSE_UNAUTHORIZED, 'A token is needed')
  })
  app.addHook('preClose', async () => {
    await Promise.all([...sessions].map((session) => session[Symbol.asyncDispose]()))
    const { clients } = app.websocketServer
    await Promise.all([...clients].map((client) => letGo(client, deps.clock)))
    app.websocketServer.close()
  })
}

/** Says goodbye, and does not wait long for an answer. */
function letGo(socket: WebSocket, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(GOODBYE_MS, () => socket.terminate())
    socket.once('close', () => {
      cancel()
      resolve()
    })
    socket.close(CLOSE_GOING_AWAY, 'The server stops')
  })
}

/** Listeners are attached in the tick of the connection: what comes before them would be lost. */
function openSession(
  deps: SocketRouteDeps,
  { socket, stream }: { socket: WebSocket; stream: Duplex },
  sessions: Set<Session>,
): void {
  const { changes, metrics, logger, crud, clock } = deps
  const connection = new Connection({
    clock,
    socket,
    stream,
    onOverflow: () => logger.warn('Cut off a client that does not read'),
  })
  const publish: SessionDeps['publish'] = (change) =>
    changes.publish(change, change.type.startsWith('message_') ? new TurnChange(connection) : undefined)
  const session = new Session({ ...deps, connection, publish })
  const router = new WebSocketRouter({ clock, connection, session, crud })
  const unsubscribe = changes.subscribe((change, origin) => {
    if (origin !== connection && !isElsewhere(change, origin, session)) connection.sendSoon(change)
  })
  const stopPinging = keepAlive(socket)
  sessions.add(session)
  metrics.connections.inc()
  socket.on('message', (raw, isBinary) => router.onMessage(raw, isBinary))
  socket.on('error', (error) => logger.debug({ err: error }, 'A socket failed'))
  socket.on('close', () => {
    stopPinging()
    unsubscribe()
    connection.close()
    metrics.connections.dec()
    session[Symbol.asyncDispose]()
      .catch((error: unknown) => logger.error({ err: error }, 'A session did not end cleanly'))
      .finally(() => sessions.delete(session))
  })
  session.tellReady().catch((error: unknown) => session.tellError(error))
}

/**
 * A message that came of a turn. The client whose turn it is gets it as it streams; it is news to those who are in the same
 * conversation, and to nobody else: hundreds who talk would be told of every line of everyone.
 */
class TurnChange {
  readonly connection: Connection

  constructor(connection: Connection) {
    this.connection = connection
  }
}

function isElsewhere(change: CrudAnswer, origin: unknown, session: Session): boolean {
  if (!(origin instanceof TurnChange)) return false
  if (session.isOn(origin.connection)) return true
  return (
    !('conversation_id' in change.data) ||
    change.data.conversation_id !== session.conversation.room.conversationId
  )
}

function keepAlive(socket: WebSocket): () => void {
  let isAlive = true
  socket.on('pong', () => {
    isAlive = true
  })
  const timer = setInterval(() => {
    if (!isAlive) socket.terminate()
    isAlive = false
    if (socket.readyState === socket.OPEN) socket.ping()
  }, PING_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}

/** The token that stands in the address, if any. */
export function queryTokenOf({ query }: FastifyRequest): string | undefined {
  if (typeof query !== 'object' || query === null || !('token' in query)) return undefined
  return typeof query.token === 'string' ? query.token : undefined
}

function isAllowed(access: AccessRules, request: FastifyRequest): boolean {
  try {
    checkToken(access, { headers: request.headers, queryToken: queryTokenOf(request) })
    return true
  } catch (error) {
    if (error instanceof AppError) return false
    throw error
  }
}
