import { deferred, type Deferred } from '../lib/deferred.ts'
import { type Clock } from '../lib/clock.ts'
import { type AudioStreamer } from './audio-streamer.ts'
import { type SpokenMessage, type Turn } from './turn.ts'

/** How long after an interruption the browser's last word on what it played is waited for. */
const LAST_REPORT_MS = 1000
/** Reports that follow the first one closely may still correct it. */
const SETTLE_MS = 200
/** How long a browser that was held up may go on telling more. */
const LATE_REPORT_MS = 3000
/** Streams whose playing is still followed. */
const MAX_STREAMS = 64

export interface PlayedReport {
  readonly epoch: number
  readonly stream: number
  readonly samples: number
}

/** What the browser has really played, stream by stream, and so what the user has heard. */
export class Playback {
  readonly #clock: Clock
  readonly #streamer: Pick<AudioStreamer, 'estimatePlayedSamples'>
  readonly #messages = new Map<number, SpokenMessage>()
  readonly #awaited = new WeakMap<SpokenMessage, Set<Deferred<void>>>()
  #nextStream = 0
  #isReporting = false

  constructor(clock: Clock, streamer: Pick<AudioStreamer, 'estimatePlayedSamples'>) {
    this.#clock = clock
    this.#streamer = streamer
  }

  /** Whether this client tells what it plays; others are estimated from the time since. */
  get isReporting(): boolean {
    return this.#isReporting
  }

  nextStream(): number {
    const stream = this.#nextStream
    this.#nextStream = (stream + 1) & 0xffff
    return stream
  }

  follow(message: SpokenMessage): void {
    this.#messages.set(message.stream, message)
    const [oldest] = this.#messages.keys()
    if (this.#messages.size > MAX_STREAMS && oldest !== undefined) this.#messages.delete(oldest)
  }

  report({ epoch, stream, samples }: PlayedReport): void {
    const message = this.#messages.get(stream)
    if (!message || message.turn.epoch !== epoch) return
    this.#isReporting = true
    message.isPlaybackReported = true
    message.playedSamples = Math.max(message.playedSamples, Math.min(samples, message.sentSamples))
    for (const waiting of this.#awaited.get(message) ?? []) waiting.resolve()
  }

  /** The client falls silent: for one that does not tell, how far it got is estimated now. */
  freeze(turn: Turn): void {
    if (this.#isReporting) return
    for (const message of turn.messages) message.playedSamples = this.#streamer.estimatePlayedSamples(message)
  }

  /** The message that was sounding when the turn was interrupted, or would have sounded next. */
  sounding(turn: Turn): SpokenMessage | undefined {
    return (
      turn.messages.find((message) => message.playedSamples < message.sentSamples) ?? turn.messages.at(-1)
    )
  }

  /** Resolves with the browser's first report on the message from now on, or after `limitMs`. */
  async nextReport(message: SpokenMessage, limitMs: number): Promise<void> {
    const report = deferred()
    const waiting = this.#awaited.get(message) ?? new Set()
    this.#awaited.set(message, waiting.add(report))
    const cancel = this.#clock.after(limitMs, () => report.resolve())
    await report.promise
    cancel()
    waiting.delete(report)
  }

  /** Resolves when the browser has said how far it got with an interrupted message, or will not say. */
  async settled(message: SpokenMessage): Promise<void> {
    if (!this.#isReporting || message.sentSamples === 0) return
    await this.nextReport(message, LAST_REPORT_MS)
    await this.nextReport(message, SETTLE_MS)
  }

  /** A browser that was held up tells late. @returns whether it has played more than was known. */
  async playedMore(message: SpokenMessage): Promise<boolean> {
    if (!this.#isReporting || message.sentSamples === 0) return false
    const before = message.playedSamples
    await this.nextReport(message, LATE_REPORT_MS)
    return message.playedSamples > before
  }
}
