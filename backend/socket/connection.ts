import { type Duplex } from 'node:stream'
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
/** News of others wait this long for something to travel with. */
const NEWS_WAIT_MS = 25
/** RFC 6455: policy violation. */
const CLOSE_POLICY = 1008

export interface ConnectionDeps {
  readonly clock: Clock
  readonly socket: WebSocket
  /** What the socket writes to. */
  readonly stream: Duplex
  readonly onOverflow: () => void
}

/**
 * The sending side of a socket: numbers what it sends, and never buffers without end. What is sent in one go leaves in one
 * write, which is most of what sending costs.
 */
export class Connection implements ClientLink {
  readonly #clock: Clock
  readonly #socket: WebSocket
  readonly #stream: Duplex
  readonly #onOverflow: () => void
  #seq = 0
  /** Until it says otherwise. */
  hasSound = true
  #isCorked = false
  #news: ServerEvent[] = []
  #cancelNews: (() => void) | undefined
  /** The least that was buffered since the client last took something, and when that was. */
  #leastBuffered = Infinity
  #tookSomethingAtMs = 0

  constructor({ clock, socket, stream, onOverflow }: ConnectionDeps) {
    this.#clock = clock
    this.#socket = socket
    this.#stream = stream
    this.#onOverflow = onOverflow
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount
  }

  send(event: ServerEvent): void {
    this.#sendNews()
    this.#sendNow(event)
  }

  sendAudio(frame: AudioFrame): void {
    this.#sendNews()
    if (!this.#canSend()) return
    this.#cork()
    this.#socket.send(encodeAudioFrame(frame))
  }

  /** Sends it with whatever is sent next, or alone in a moment. It keeps its place in the order of what is sent. */
  sendSoon(event: ServerEvent): void {
    this.#news.push(event)
    this.#cancelNews ??= this.#clock.after(NEWS_WAIT_MS, () => this.#sendNews())
  }

  /** The socket is gone: nothing is waiting any more. */
  close(): void {
    this.#news = []
    this.#cancelNews?.()
  }

  #sendNews(): void {
    if (this.#news.length === 0) return
    this.#cancelNews?.()
    this.#cancelNews = undefined
    const news = this.#news
    this.#news = []
    for (const event of news) this.#sendNow(event)
  }

  #sendNow(event: ServerEvent): void {
    if (!this.#canSend()) return
    this.#cork()
    this.#seq += 1
    this.#socket.send(JSON.stringify({ ...event, seq: this.#seq }))
  }

  /** Until whatever runs now has run: timers and microtasks that send several things send them together. */
  #cork(): void {
    if (this.#isCorked) return
    this.#isCorked = true
    this.#stream.cork()
    process.nextTick(() => {
      this.#isCorked = false
      this.#stream.uncork()
    })
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
