import { type Socket } from 'node:net'
import { gathering } from '../../lib/gathered-writes.ts'
import { type Logger } from '../../logging.ts'
import { type DoorDeps } from '../core/door-deps.ts'
import { type RawData, type WebSocket } from 'ws'
import { AppError } from '../../errors.ts'
import { ClientSocket } from './client-socket.ts'
import { type ClientSecret } from './client-secrets.ts'
import { invalid } from './client-events.ts'
import { BETA, type Dialect, GA } from './dialect.ts'
import { faultOf } from './faults.ts'
import { findTalker } from './find-talker.ts'
import { RealtimeSession } from './session.ts'
import { type SessionConfig } from './session-config.ts'
import { type Talker } from './talker.ts'

export type RealtimeDeps = Pick<
  DoorDeps,
  | 'directory'
  | 'generate'
  | 'store'
  | 'config'
  | 'token'
  | 'clock'
  | 'logger'
  | 'synthesizer'
  | 'transcriber'
  | 'vad'
>

/** How a socket was opened. */
export interface Opening {
  readonly connection: Socket
  readonly model: string | undefined
  readonly isTranscription: boolean
  readonly isBeta: boolean
  readonly secret: ClientSecret | undefined
}

/** What may wait until the session has begun. */
const MAX_EARLY_BYTES = 32 * 1024 * 1024
/** As OpenAI closes sockets that ask for what there is not. */
const CLOSE_INVALID = 4000
const CLOSE_DONE = 1000

/** One client on one socket, from its opening to its end. */
export class RealtimeClient implements AsyncDisposable {
  readonly #deps: RealtimeDeps
  readonly #socket: WebSocket
  readonly #dialect: Dialect
  readonly #client: ClientSocket
  readonly #gone = new AbortController()
  #session: RealtimeSession | undefined
  #early: string[] | undefined = []
  #earlyBytes = 0

  constructor(deps: RealtimeDeps, socket: WebSocket, opening: Opening) {
    const { clock, logger } = deps
    this.#deps = deps
    this.#socket = socket
    this.#dialect = opening.isBeta ? BETA : GA
    this.#client = new ClientSocket({
      socket,
      clock,
      dialect: this.#dialect,
      gather: gathering(opening.connection),
      onOverflow: () => logger.warn('Cut off a Realtime client that does not read'),
    })
    socket.on('message', (raw, isBinary) => this.#onMessage(raw, isBinary))
    this.#open(opening).catch((error: unknown) => this.#refuse(error))
  }

  /** Ends the session; the socket is the caller's to close. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#gone.abort(new Error('The client is gone'))
    this.#early = undefined
    await this.#session?.[Symbol.asyncDispose]()
  }

  async #open(opening: Opening): Promise<void> {
    const type = opening.secret?.session.type ?? (opening.isTranscription ? 'transcription' : 'realtime')
    const talker = type === 'transcription' ? SCRIBE : await this.#talker(opening)
    if (this.#gone.signal.aborted) return
    this.#session = this.#newSession(talker, type, opening.secret)
    this.#session.begin()
    const early = this.#early ?? []
    this.#early = undefined
    for (const text of early) this.#receive(text)
  }

  #talker({ model, secret }: Opening): Promise<Talker> {
    const name = model ?? secret?.session.model
    if (name === undefined) {
      throw new AppError(
        'invalid',
        'Say with whom: open /v1/realtime?model=… with the name of a model or a character',
      )
    }
    return findTalker(this.#deps, name, this.#gone.signal)
  }

  #newSession(
    talker: Talker,
    type: SessionConfig['type'],
    secret: ClientSecret | undefined,
  ): RealtimeSession {
    return new RealtimeSession({
      ...this.#deps,
      talker,
      type,
      patch: secret?.session,
      send: (event) => this.#client.send(event),
      room: (signal) => this.#client.room(signal),
      onDefect: (error) => logDefect(this.#deps.logger, error),
      onExpired: () => this.#expire(),
    })
  }

  #onMessage(raw: RawData, isBinary: boolean): void {
    const text = isBinary ? '' : textOf(raw)
    if (this.#session) {
      this.#receive(text)
      return
    }
    this.#earlyBytes += text.length
    if (this.#earlyBytes > MAX_EARLY_BYTES) this.#socket.terminate()
    else this.#early?.push(text)
  }

  #receive(text: string): void {
    const value = parsed(text)
    if (value === undefined) {
      const message = 'Expected an event: a JSON object in a text frame'
      this.#session?.tellFault(invalid({ code: 'invalid_json', message, param: null }), null)
      return
    }
    this.#session?.receive(this.#dialect.read(value))
  }

  #refuse(error: unknown): void {
    if (this.#gone.signal.aborted) return
    const fault = faultOf(
      error,
      error instanceof AppError && error.code === 'not_found' ? 'model_not_found' : undefined,
    )
    if (fault.type === 'server_error') logDefect(this.#deps.logger, error)
    this.#client.send({ type: 'error', error: { ...fault, event_id: null } })
    this.#socket.close(CLOSE_INVALID, `${fault.type}.${fault.code}`.slice(0, 120))
  }

  #expire(): void {
    const message = 'The session has lasted as long as a session may; open a new one'
    this.#session?.tellFault(invalid({ code: 'session_expired', message, param: null }), null)
    this.#socket.close(CLOSE_DONE, 'session_expired')
  }
}

/** Whoever only writes down what is said is nobody to talk with. */
const SCRIBE: Talker = {
  talkable: {
    id: 'transcription',
    aliases: [],
    kind: 'model',
    name: 'transcription',
    description: '',
    createdAt: new Date(0),
    contextTokens: Infinity,
    canUseTools: false,
    canThink: false,
    state: 'loaded',
  },
  character: undefined,
  voices: [],
}

function logDefect(logger: Logger, error: unknown): void {
  logger.error({ err: error }, 'Something went wrong in a Realtime session')
}

function textOf(raw: RawData): string {
  if (Array.isArray(raw)) return Buffer.concat(raw).toString()
  return Buffer.isBuffer(raw) ? raw.toString() : Buffer.from(raw).toString()
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
