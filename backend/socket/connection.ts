import { type WebSocket } from 'ws'
import { encodeAudioFrame, type AudioFrame } from '#shared/protocol/audio-frame.ts'
import { type ServerEvent } from '#shared/protocol/events.ts'
import { type Clock } from '../lib/clock.ts'
import { type ClientLink } from '../pipeline/client-link.ts'

/** A client that lets this much pile up, and takes nothing of it for a while, does not read: it is cut off. */
const MAX_IDLE_BYTES = 4 * 1024 * 1024
const MAX_IDLE_MS = 5_000
/** However fast it reads, more than this is not kept for one client. */
const MAX_BUFFERED_BYTES = 32 * 1024 * 1024
/** RFC 6455: policy violation. */
const CLOSE_POLICY = 1008

export interface ConnectionDeps {
  readonly clock: Clock
  readonly socket: WebSocket
  readonly onOverflow: () => void
}

/** The sending side of a socket: numbers what it sends, and never buffers without end. */
export class Connection implements ClientLink {
  readonly #clock: Clock
  readonly #socket: WebSocket
  readonly #onOverflow: () => void
  #seq = 0
  /** The least that was buffered since the client last took something, and when that was. */
  #leastBuffered = Infinity
  #tookSomethingAtMs = 0

  constructor({ clock, socket, onOverflow }: ConnectionDeps) {
    this.#clock = clock
    this.#socket = socket
    this.#onOverflow = onOverflow
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount
  }

  send(event: ServerEvent): void {
    if (!this.#canSend()) return
    this.#seq += 1
    this.#socket.send(JSON.stringify({ ...event, seq: this.#seq }))
  }

  sendAudio(frame: AudioFrame): void {
    if (this.#canSend()) this.#socket.send(encodeAudioFrame(frame))
  }

  #canSend(): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return false
    if (!this.#isStuck()) return true
    this.#onOverflow()
    // A client that does not read would not read the closing handshake either.
    this.#socket.close(CLOSE_POLICY, 'You read too slowly')
    this.#socket.terminate()
    return false
  }

  #isStuck(): boolean {
    const { bufferedAmount } = this.#socket
    const nowMs = this.#clock.nowMs()
    if (bufferedAmount <= MAX_IDLE_BYTES) {
      this.#leastBuffered = Infinity
      return false
    }
    if (this.#leastBuffered === Infinity || bufferedAmount < this.#leastBuffered) {
      this.#leastBuffered = bufferedAmount
      this.#tookSomethingAtMs = nowMs
    }
    return bufferedAmount > MAX_BUFFERED_BYTES || nowMs - this.#tookSomethingAtMs > MAX_IDLE_MS
  }
}
