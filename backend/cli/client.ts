import { randomUUID } from 'node:crypto'
import { type RawData, WebSocket } from 'ws'
import { type AudioFrame, decodeAudioFrame } from '#shared/protocol/audio-frame.ts'
import { type CommandInput, type CommandType } from '#shared/protocol/commands.ts'
import { type EventData, type EventType, ServerEvent } from '#shared/protocol/events.ts'
import { type RequestInput, type RequestResult, type RequestType } from '#shared/protocol/requests.ts'
import { deferred, type Deferred } from '../lib/deferred.ts'
import { CliError, EXIT, reasonOf } from './exit.ts'
import { type Trust } from './trust.ts'

export interface ServerAddress {
  /** `http://host:port`, without a slash at its end. */
  readonly url: string
  readonly token: string | undefined
  /** Over https: absent, its certificate is one that everybody trusts. */
  readonly trust?: Trust | undefined
}

const CONNECT_WITHIN_MS = 10_000
const CLOSE_WITHIN_MS = 1_000
/** Our server's own close code. */
const CLOSE_UNAUTHORIZED = 4401

/** A client of docs/protocol.md. Events come in the order in which they were sent. */
export class TroupeClient implements AsyncDisposable {
  readonly address: ServerAddress
  /** Where the server put us. */
  readonly ready: EventData<'ready'>
  /** Aborts when the connection ends; the reason is a `CliError`. */
  readonly lost: AbortSignal
  readonly #wire: Wire

  private constructor(wire: Wire, ready: EventData<'ready'>) {
    this.address = wire.address
    this.lost = wire.lost.signal
    this.ready = ready
    this.#wire = wire
  }

  /**
   * @param has whether sound is to come, too; without it text alone is sent, and what was sent counts as heard.
   * @throws CliError `unreachable` if nobody, or somebody else, answers.
   */
  static async connect(address: ServerAddress, has: { readonly sound: boolean }): Promise<TroupeClient> {
    const wire = await Wire.open(address)
    const answer = await wire.ask('hello', { has_sound: has.sound })
    if (answer.type !== 'ready') throw notTroupe(address.url)
    return new TroupeClient(wire, answer.data)
  }

  /** One of the requests of `shared/protocol/requests.ts`. @throws CliError with the server's sentence. */
  async request<T extends RequestType>(type: T, params: RequestInput<T>): Promise<RequestResult<T>> {
    const answer = await this.#wire.ask(type, params)
    // The table of requests promises this data in answer to this request.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return answer.data as RequestResult<T>
  }

  /** A command that is answered. @throws CliError with the server's sentence. */
  async ask<T extends CommandType, E extends EventType>(
    type: T,
    data: CommandInput<T>,
    answerType: E,
  ): Promise<EventData<E>> {
    const answer = await this.#wire.ask(type, data)
    if (answer.type !== answerType) throw notTroupe(this.address.url)
    // The type names its data.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return answer.data as EventData<E>
  }

  /** A command whose effects are heard as events. */
  send<T extends CommandType>(type: T, data: CommandInput<T>): void {
    this.#wire.send({ type, data })
  }

  /** @returns a function that ends the listening. */
  onEvent(listener: (event: ServerEvent) => void): () => void {
    this.#wire.listeners.add(listener)
    return () => this.#wire.listeners.delete(listener)
  }

  /** @returns a function that ends the listening. */
  onSound(listener: (frame: AudioFrame) => void): () => void {
    this.#wire.soundListeners.add(listener)
    return () => this.#wire.soundListeners.delete(listener)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#wire.close()
  }
}

/** The socket: frames in and out, answers matched to what was asked. */
class Wire {
  readonly address: ServerAddress
  readonly listeners = new Set<(event: ServerEvent) => void>()
  readonly soundListeners = new Set<(frame: AudioFrame) => void>()
  readonly lost = new AbortController()
  readonly #socket: WebSocket
  readonly #asked = new Map<string, Deferred<ServerEvent>>()

  private constructor(socket: WebSocket, address: ServerAddress) {
    this.#socket = socket
    this.address = address
    socket.on('message', (raw, isBinary) => this.#receive(bytesOf(raw), isBinary))
    socket.on('error', (error) => this.#lose(unreachable(address.url, error)))
    socket.on('close', (code) => this.#lose(closedBy(code, address)))
  }

  static async open(address: ServerAddress): Promise<Wire> {
    const { url, token, trust } = address
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const limits = { handshakeTimeout: CONNECT_WITHIN_MS, maxPayload: 64 * 1024 * 1024 }
    const options = { ...trust, ...limits, headers }
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`, options)
    const wire = new Wire(socket, address)
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve)
      wire.lost.signal.addEventListener('abort', () => reject(wire.#reason()), { once: true })
    })
    return wire
  }

  send(message: { type: string; id?: string; data: unknown }): void {
    this.lost.signal.throwIfAborted()
    this.#socket.send(JSON.stringify(message))
  }

  async ask(type: string, data: unknown): Promise<ServerEvent> {
    const id = randomUUID()
    const answer = deferred<ServerEvent>()
    this.#asked.set(id, answer)
    try {
      this.send({ type, id, data })
      return await answer.promise
    } finally {
      this.#asked.delete(id)
    }
  }

  async close(): Promise<void> {
    if (this.#socket.readyState === this.#socket.CLOSED) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => this.#socket.terminate(), CLOSE_WITHIN_MS)
      this.#socket.once('close', () => {
        clearTimeout(timer)
        resolve()
      })
      this.#socket.close()
    })
  }

  #receive(bytes: Buffer, isBinary: boolean): void {
    if (isBinary) {
      for (const listener of this.soundListeners) listener(decodeAudioFrame(bytes))
      return
    }
    // A newer server may say what we do not know; that is for newer clients.
    const event = ServerEvent.safeParse(JSON.parse(bytes.toString('utf8'))).data
    if (!event) return
    const asked = event.id === undefined ? undefined : this.#asked.get(event.id)
    if (asked) settle(asked, event)
    else for (const listener of this.listeners) listener(event)
  }

  #lose(error: CliError): void {
    if (this.lost.signal.aborted) return
    this.lost.abort(error)
    for (const asked of this.#asked.values()) asked.reject(error)
  }

  #reason(): unknown {
    return this.lost.signal.reason
  }
}

function settle(asked: Deferred<ServerEvent>, event: ServerEvent): void {
  if (event.type === 'db_error') asked.reject(new CliError(EXIT.failure, event.error))
  else if (event.type === 'error') asked.reject(new CliError(EXIT.failure, event.data.message))
  else asked.resolve(event)
}

/** Nobody listens there, or what listens is not Troupe. */
function unreachable(url: string, error: unknown): CliError {
  const status = /Unexpected server response: (\d+)/.exec(reasonOf(error))?.[1]
  if (status === '403') {
    return new CliError(
      EXIT.failure,
      `The server at ${url} is not known by that name; use its address, or add the name to its allowed_hosts`,
    )
  }
  if (status !== undefined) return notTroupe(url)
  if (/certificate|altnames/iu.test(reasonOf(error))) {
    return new CliError(
      EXIT.unreachable,
      `The certificate of ${url} is not trusted: ${reasonOf(error)}; if it is of the server's own making, copy https-cert.pem from its data directory and name it with --ca, or give --insecure`,
      { cause: error },
    )
  }
  return new CliError(
    EXIT.unreachable,
    `Cannot reach Troupe at ${url}: ${reasonOf(error)}; start it with "npm start", or leave out --url to work without a server`,
    { cause: error },
  )
}

function closedBy(code: number, { url, token }: ServerAddress): CliError {
  if (code === CLOSE_UNAUTHORIZED) {
    const what = token === undefined ? 'needs a token' : 'wants another token'
    return new CliError(
      EXIT.failure,
      `The server at ${url} ${what}; give it with --token or TROUPE_TOKEN (it is kept in the file "token" of its data directory)`,
    )
  }
  return new CliError(EXIT.unreachable, `The connection to Troupe at ${url} was lost; is it still running?`)
}

function notTroupe(url: string): CliError {
  return new CliError(EXIT.unreachable, `What answers at ${url} is not Troupe; say where it is with --url`)
}

function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data)
  return Buffer.isBuffer(data) ? data : Buffer.from(data)
}
