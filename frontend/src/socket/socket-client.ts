import { t } from '../i18n/index.ts'
import { type AudioFrame } from '#shared/protocol/audio-frame.ts'
import { type CommandInput, type CommandType } from '#shared/protocol/commands.ts'
import { type ServerEvent } from '#shared/protocol/events.ts'
import { type RequestInput, type RequestType } from '#shared/protocol/requests.ts'
import {
  isAnswerTo,
  isCommandAnswerTo,
  isEvent,
  type AnsweredCommand,
  type CommandAnswer,
  type EventOf,
  type RequestAnswer,
} from './answers.ts'
import { type Clock } from './clock.ts'
import { EpochGate, isGated } from './epoch-gate.ts'
import { readAudio, readText } from './incoming.ts'
import { type OpenLine } from './line.ts'
import { Listeners } from './listeners.ts'
import { PendingRequests } from './pending-requests.ts'
import { RequestError } from './request-error.ts'
import { SessionMemory } from './session-memory.ts'
import { Wire, type WireStatus } from './wire.ts'

/** Microphone audio waiting to be sent; more means the network cannot follow, and late speech is worthless. */
const MOST_BUFFERED_BYTES = 64_000

export interface ClientOptions {
  /** Asked anew at every attempt. */
  readonly url: () => string
  readonly openLine: OpenLine
  readonly clock: Clock
  /** 0 … 1 */
  readonly random: () => number
  /** Told once about frames that are not of this protocol. */
  readonly onBadFrame: (description: string) => void
}

/**
 * The browser's end of `/ws`: typed requests, commands and events, over a line that mends itself.
 * What belongs to an interrupted turn never gets past this class.
 */
export class SocketClient {
  readonly #options: ClientOptions
  readonly #wire: Wire
  readonly #pending: PendingRequests
  readonly #gate = new EpochGate()
  readonly #memory = new SessionMemory()
  readonly #events = new Listeners<ServerEvent>()
  readonly #audio = new Listeners<AudioFrame>()
  readonly #silenced = new Listeners<number>()
  #helloId: string | undefined
  #hasToldBadFrame = false

  constructor(options: ClientOptions) {
    this.#options = options
    this.#pending = new PendingRequests(options.clock)
    this.#wire = new Wire(options, {
      onOpen: () => this.#greet(),
      onText: (text) => this.#receive(text),
      onBytes: (bytes) => this.#receiveAudio(bytes),
      onLost: () => this.#pending.rejectAll(),
      onPing: () => this.#write('ping', {}),
    })
  }

  get status(): WireStatus {
    return this.#wire.status
  }

  get isOpen(): boolean {
    return this.#wire.status.name === 'open'
  }

  /** Opens the line, and opens it again whenever it breaks, until `close()`. */
  connect(): void {
    this.#wire.connect()
  }

  /** Tries at once instead of waiting, or checks that an open line still lives. */
  hurry(): void {
    this.#wire.hurry()
  }

  close(): void {
    this.#wire.close()
    this.#pending.rejectAll()
  }

  onStatus(listener: (status: WireStatus) => void): () => void {
    return this.#wire.onStatus(listener)
  }

  on<Type extends ServerEvent['type']>(type: Type, listener: (event: EventOf<Type>) => void): () => void {
    return this.#events.add((event) => {
      if (isEvent(event, type)) listener(event)
    })
  }

  onAudio(listener: (frame: AudioFrame) => void): () => void {
    return this.#audio.add(listener)
  }

  /** Tells the newest turn that is to be silent now: by the user's interrupt here, or by the server's word. */
  onSilenced(listener: (epoch: number) => void): () => void {
    return this.#silenced.add(listener)
  }

  /** @throws RequestError if it fails, is not answered within 30 s, or the line is or gets broken. */
  request<T extends RequestType>(type: T, data: RequestInput<T>): Promise<RequestAnswer<T>['data']> {
    return this.#exchange(type, data, isAnswerTo(type))
  }

  /** Sends a command that has one direct answer. @throws RequestError as `request` does. */
  ask<T extends AnsweredCommand>(type: T, data: CommandInput<T>): Promise<CommandAnswer<T>['data']> {
    return this.#exchange(type, data, isCommandAnswerTo(type))
  }

  /** @returns the `id` that errors about it will carry, or null if the line is not open: it was not sent. */
  send<T extends CommandType>(type: T, data: CommandInput<T>): string | null {
    if (!this.isOpen) return null
    const id = this.#pending.nextId()
    this.#write(type, data, id)
    return id
  }

  /** 16 kHz mono; dropped while the line is not open or cannot follow. */
  sendAudio(pcm: Int16Array<ArrayBuffer>): void {
    if (!this.isOpen || this.#wire.bufferedBytes > MOST_BUFFERED_BYTES) return
    this.#wire.send(new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength))
  }

  /** Silences everything seen so far at once, and tells the server. */
  interrupt(scope: { queued?: boolean } = {}): void {
    this.#silenced.tell(this.#gate.closeForSeen())
    this.send('interrupt', scope)
  }

  #exchange<Answer extends ServerEvent>(
    type: string,
    data: object,
    isAnswer: (event: ServerEvent) => event is Answer,
  ): Promise<Answer['data']> {
    if (!this.isOpen) {
      return Promise.reject(new RequestError('offline', t('common.offline')))
    }
    const id = this.#pending.nextId()
    const answer = this.#pending.expect(id, isAnswer)
    this.#write(type, data, id)
    return answer
  }

  #write(type: string, data: object, id?: string): void {
    this.#wire.send(JSON.stringify({ type, id, data }))
  }

  #greet(): void {
    const greeting = this.#memory.greeting()
    this.#helloId = greeting === null ? undefined : this.#pending.nextId()
    if (greeting !== null) this.#write('hello', greeting, this.#helloId)
  }

  #receive(text: string): void {
    const event = readText(text)
    if (event === null) {
      this.#tellBadFrame(`text frame: ${text.slice(0, 120)}`)
      return
    }
    // The server greets every connection with a fresh session; who comes back waits for the answer to its hello.
    if (this.#helloId !== undefined && event.id !== this.#helloId) return
    if (event.type === 'ready') this.#enter(event)
    else if (this.#helloId !== undefined) return this.#startOver()
    this.#memory.note(event)
    if (!this.#isAdmitted(event)) return
    const isFailure = event.type === 'error' || event.type === 'db_error'
    // Why a request failed is told to whoever asked, and to nobody else.
    if (!(this.#pending.settle(event) && isFailure)) this.#events.tell(event)
    if (event.type === 'interrupt_ack') this.#silenced.tell(event.data.epoch)
  }

  /** The server refused the greeting. */
  #startOver(): void {
    this.#memory.forget()
    this.#wire.connect()
  }

  #enter(event: EventOf<'ready'>): void {
    this.#helloId = undefined
    if (event.data.session_id !== this.#memory.sessionId) {
      this.#silenced.tell(this.#gate.newest)
      this.#gate.reset()
    }
    this.#wire.markOpen()
  }

  #isAdmitted(event: ServerEvent): boolean {
    if (event.type === 'interrupt_ack') this.#gate.closeUpTo(event.data.epoch)
    if (event.type === 'turn_started') this.#gate.admits(event.data.epoch)
    return !isGated(event) || this.#gate.admits(event.data.epoch)
  }

  #receiveAudio(bytes: ArrayBuffer): void {
    const frame = readAudio(bytes)
    if (frame === null) this.#tellBadFrame(`binary frame of ${bytes.byteLength} bytes`)
    else if (this.#helloId === undefined && this.#gate.admits(frame.epoch)) this.#audio.tell(frame)
  }

  #tellBadFrame(description: string): void {
    if (this.#hasToldBadFrame) return
    this.#hasToldBadFrame = true
    this.#options.onBadFrame(description)
  }
}
