import { type FastifyInstance, type FastifyRequest } from 'fastify'
import { type WebSocket } from 'ws'
import { z } from 'zod'
import { type ChangeFeed } from '../crud/changes.ts'
import { type Crud } from '../crud/dispatch.ts'
import { AppError } from '../errors.ts'
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
    if (isAllowed(deps.access, request)) openSession(deps, socket, sessions)
    else socket.close(CLOSE_UNAUTHORIZED, 'A token is needed')
  })
  app.addHook('preClose', async () => {
    await Promise.all([...sessions].map((session) => session[Symbol.asyncDispose]()))
    const { clients } = app.websocketServer
    await Promise.all([...clients].map(letGo))
    app.websocketServer.close()
  })
}

/** Says goodbye, and does not wait long for an answer. */
function letGo(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.terminate(), GOODBYE_MS)
    socket.once('close', () => {
      clearTimeout(timer)
      resolve()
    })
    socket.close(CLOSE_GOING_AWAY, 'The server stops')
  })
}

/** Listeners are attached in the tick of the connection: what comes before them would be lost. */
function openSession(deps: SocketRouteDeps, socket: WebSocket, sessions: Set<Session>): void {
  const { changes, metrics, logger, crud, clock } = deps
  const connection = new Connection({
    socket,
    onOverflow: () => logger.warn('Cut off a client that does not read'),
  })
  // Its own messages reach this client as they stream; what else happens on its behalf it is told like everybody.
  const publish: SessionDeps['publish'] = (change) =>
    changes.publish(change, change.type.startsWith('message_') ? connection : undefined)
  const session = new Session({ ...deps, connection, publish })
  const router = new WebSocketRouter({ clock, connection, session, crud })
  const unsubscribe = changes.subscribe((change, origin) => {
    if (origin !== connection) connection.send(change)
  })
  const stopPinging = keepAlive(socket)
  sessions.add(session)
  metrics.connections.inc()
  socket.on('message', (raw, isBinary) => router.onMessage(raw, isBinary))
  socket.on('error', (error) => logger.debug({ err: error }, 'A socket failed'))
  socket.on('close', () => {
    stopPinging()
    unsubscribe()
    metrics.connections.dec()
    session[Symbol.asyncDispose]()
      .catch((error: unknown) => logger.error({ err: error }, 'A session did not end cleanly'))
      .finally(() => sessions.delete(session))
  })
  session.tellReady().catch((error: unknown) => session.tellError(error))
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

const Query = z.object({ token: z.string().optional() })

/** The token that stands in the address, if any. */
export function queryTokenOf(request: FastifyRequest): string | undefined {
  return Query.safeParse(request.query).data?.token
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
