import { type WebSocket } from 'ws'
import { encodeAudioFrame, type AudioFrame } from '#shared/protocol/audio-frame.ts'
import { type ServerEvent } from '#shared/protocol/events.ts'
import { type ClientLink } from '../pipeline/client-link.ts'

/** A client that lets this much pile up does not read; it is cut off instead of filling the memory. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024
/** RFC 6455: policy violation. */
const CLOSE_POLICY = 1008

export interface ConnectionDeps {
  readonly socket: WebSocket
  readonly onOverflow: () => void
}

/** The sending side of a socket: numbers what it sends, and never buffers without end. */
export class Connection implements ClientLink {
  readonly #socket: WebSocket
  readonly #onOverflow: () => void
  #seq = 0

  constructor({ socket, onOverflow }: ConnectionDeps) {
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
    if (this.#socket.bufferedAmount <= MAX_BUFFERED_BYTES) return true
    this.#onOverflow()
    // A client that does not read would not read the closing handshake either.
    this.#socket.close(CLOSE_POLICY, 'You read too slowly')
    this.#socket.terminate()
    return false
  }
}
