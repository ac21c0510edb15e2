import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { type WebSocket } from 'ws'
import { z } from 'zod'
import { AppError, toAppError } from '../../errors.ts'
import { type Clock } from '../../lib/clock.ts'
import { queryTokenOf } from '../../socket/socket-route.ts'
import { betaSession } from './beta.ts'
import { MAX_EVENT_BYTES } from './client-events.ts'
import {
  BetaSecretRequest,
  BetaTranscriptionRequest,
  type ClientSecret,
  ClientSecrets,
  SecretRequest,
} from './client-secrets.ts'
import { faultOf } from './faults.ts'
import { newId } from './ids.ts'
import { RealtimeClient, type RealtimeDeps } from './open-socket.ts'
import { defaultConfig, updated } from './session-config.ts'
import { type SessionPatch } from './session-schema.ts'
import { writtenSession } from './session-written.ts'
import { agreedProtocol, checkKey, protocolsOf, speaksBeta } from './socket-access.ts'

const PING_EVERY_MS = 30_000
const CLOSE_GOING_AWAY = 1001
const GOODBYE_MS = 500
const SOCKET_PATH = '/v1/realtime'

const Query = z.object({
  model: z.string().min(1).max(512).optional(),
  intent: z.string().max(64).optional(),
})

declare module 'fastify' {
  interface FastifyRequest {
    /** The client secret that a Realtime socket was opened with. */
    realtimeSecret?: ClientSecret | undefined
    realtimeProtocols?: readonly string[]
  }
}

/**
 * OpenAI's Realtime protocol: `GET /v1/realtime` is the socket; `POST /v1/realtime/client_secrets`, and
 * `/v1/realtime/sessions` and `/v1/realtime/transcription_sessions` as they were in the beta, give out keys for
 * clients that must not know the token. Sockets check their own key, as it is shown to them in several ways; the
 * routes are guarded by whoever mounts them.
 */
export function registerRealtime(app: FastifyInstance, deps: RealtimeDeps): void {
  void app.register((scope, _options, done) => {
    const secrets = new ClientSecrets(deps.clock)
    scope.setErrorHandler(sendError)
    registerSecrets(scope, deps, secrets)
    registerSocket(scope, deps, secrets)
    done()
  })
}

function registerSocket(app: FastifyInstance, deps: RealtimeDeps, secrets: ClientSecrets): void {
  const clients = new Map<WebSocket, RealtimeClient>()
  app.addHook('onRequest', async (request) => {
    if (request.headers.upgrade === undefined) return
    const { headers } = request
    const protocols = protocolsOf(headers)
    request.realtimeSecret = checkKey(
      { token: deps.token, secrets },
      { headers, queryToken: queryTokenOf(request) },
    )
    request.realtimeProtocols = protocols
    // What is agreed on is the first of these; a key among them must not come back.
    const agreed = agreedProtocol(protocols)
    if (agreed !== undefined) request.raw.headers['sec-websocket-protocol'] = agreed
  })
  const config = { maxMessageBytes: MAX_EVENT_BYTES }
  app.get(SOCKET_PATH, { websocket: true, config }, (socket, request) => {
    const client = new RealtimeClient(deps, socket, openingOf(request))
    clients.set(socket, client)
    const stopPinging = keepAlive(socket, deps.clock)
    socket.on('error', (error) => deps.logger.debug({ err: error }, 'A Realtime socket failed'))
    socket.on('close', () => {
      stopPinging()
      clients.delete(socket)
      client[Symbol.asyncDispose]().catch((error: unknown) =>
        deps.logger.error({ err: error }, 'A Realtime session did not end cleanly'),
      )
    })
  })
  app.addHook('preClose', async () => {
    await Promise.all([...clients.values()].map((client) => client[Symbol.asyncDispose]()))
    await Promise.all([...clients.keys()].map((socket) => letGo(socket, deps.clock)))
  })
}

function openingOf(request: FastifyRequest) {
  const { model, intent } = Query.safeParse(request.query).data ?? {}
  return {
    connection: request.raw.socket,
    model,
    isTranscription: intent === 'transcription',
    isBeta: speaksBeta(request.headers, request.realtimeProtocols ?? []),
    secret: request.realtimeSecret,
  }
}

function registerSecrets(app: FastifyInstance, deps: RealtimeDeps, secrets: ClientSecrets): void {
  app.post(`${SOCKET_PATH}/client_secrets`, ({ body }) => {
    const { session, expires_after } = parsed(SecretRequest, body ?? undefined)
    const secret = secrets.create(session, expires_after?.seconds)
    return { value: secret.value, expires_at: secret.expiresAt, session: written(deps, secret) }
  })
  const beta = (path: string, schema: z.ZodType<SessionPatch>): void => {
    app.post(`${SOCKET_PATH}/${path}`, ({ body }) => {
      const secret = secrets.create(parsed(schema, body), BETA_SECONDS)
      const { value, expiresAt: expires_at } = secret
      return { ...betaSession(written(deps, secret)), client_secret: { value, expires_at } }
    })
  }
  beta('sessions', BetaSecretRequest)
  beta('transcription_sessions', BetaTranscriptionRequest)
}

/** The beta's keys lasted a minute. */
const BETA_SECONDS = 60

function written({ config }: RealtimeDeps, { session, expiresAt }: ClientSecret): Record<string, unknown> {
  const { type } = session
  const voice = session.audio?.output?.voice ?? 'default'
  const facts = { id: newId('sess'), model: session.model ?? '', expiresAt }
  return writtenSession(updated(defaultConfig(config, { type, voice }), session, config), facts)
}

function parsed<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const { data, error } = schema.safeParse(body)
  if (error) {
    const [issue] = error.issues
    throw new AppError('bad_message', `Cannot use "${issue?.path.join('.')}": ${issue?.message}`, {
      issues: error.issues,
    })
  }
  return data
}

/** As OpenAI tells them. */
async function sendError(thrown: unknown, _request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const status = thrown instanceof Error && 'statusCode' in thrown ? thrown.statusCode : undefined
  const isTheirs = !(thrown instanceof AppError) && typeof status === 'number' && status < 500
  const error =
    isTheirs && thrown instanceof Error ? new AppError('bad_message', thrown.message) : toAppError(thrown)
  await reply.code(error.httpStatus).send({ error: faultOf(error) })
}

function keepAlive(socket: WebSocket, clock: Clock): () => void {
  let isAlive = true
  let cancel: (() => void) | undefined
  socket.on('pong', () => {
    isAlive = true
  })
  const ping = (): void => {
    if (!isAlive) socket.terminate()
    isAlive = false
    if (socket.readyState === socket.OPEN) socket.ping()
    cancel = clock.after(PING_EVERY_MS, ping)
  }
  cancel = clock.after(PING_EVERY_MS, ping)
  return () => cancel?.()
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
