import { deferred, type Deferred } from '../lib/deferred.ts'
import { sleep, type Clock } from '../lib/clock.ts'
import { type AudioStreamer } from './audio-streamer.ts'
import { type SpokenMessage, type Turn } from './turn.ts'

/** How long after an interruption the browser's last word on what it played is waited for. */
const LAST_REPORT_MS = 1000
/** Reports that follow the first one closely may still correct it. */
const SETTLE_MS = 200
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
  readonly #awaited = new Map<SpokenMessage, Deferred<void>>()
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
    this.#awaited.get(message)?.resolve()
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
    const report = this.#awaited.get(message) ?? deferred()
    this.#awaited.set(message, report)
    const stop = new AbortController()
    const late = sleep(this.#clock, limitMs, stop.signal).catch(() => {})
    await Promise.race([report.promise, late])
    stop.abort()
    this.#awaited.delete(message)
  }

  /** Resolves when the browser has said how far it got with an interrupted message, or will not say. */
  async settled(message: SpokenMessage): Promise<void> {
    if (!this.#isReporting || message.sentSamples === 0) return
    await this.nextReport(message, LAST_REPORT_MS)
    await this.nextReport(message, SETTLE_MS)
  }
}
