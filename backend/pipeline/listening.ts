import { type ListeningMode } from '#shared/protocol/commands.ts'
import { VAD_WINDOW_SAMPLES, type VadStream } from '../engines/contracts.ts'
import { toAppError, type AppError } from '../errors.ts'
import { samplesOfMs } from './endpointing.ts'
import {
  UtteranceCutter,
  type CutterEvent,
  type CutterSettings,
  type HeardWindow,
} from './utterance-cutter.ts'

/** If judging falls behind by more, the oldest audio is dropped. */
const MAX_BACKLOG_WINDOWS = Math.ceil(samplesOfMs(5000) / VAD_WINDOW_SAMPLES)

export type ListeningEvent =
  | CutterEvent
  /** Voice activity cannot be judged; said once, until it was possible again. */
  | { readonly type: 'failed'; readonly error: AppError }

export interface ListeningOptions {
  readonly vad: VadStream
  readonly settings: CutterSettings
  readonly mode: ListeningMode
  /** Audio from just before. */
  readonly before: Int16Array
  /** Nothing is judged before this has settled, so that the detector hears one thing after another. */
  readonly after: Promise<void>
  readonly onEvent: (event: ListeningEvent) => void
}

/** One time of listening, from start to stop: frames of any length in, judged in windows, cut into utterances. */
export class Listening {
  readonly mode: ListeningMode
  readonly #vad: VadStream
  readonly #onEvent: (event: ListeningEvent) => void
  readonly #cutter: UtteranceCutter
  readonly #backlog: HeardWindow[] = []
  /** The window being filled, and how far. */
  #window = new Int16Array(VAD_WINDOW_SAMPLES)
  #filledSamples = 0
  /** Where the window being filled starts, in samples since listening began. */
  #startSample = 0
  #judging: Promise<void>
  #isJudging = true
  #hasFailed = false
  #droppedSamples = 0

  constructor(options: ListeningOptions) {
    this.mode = options.mode
    this.#vad = options.vad
    this.#onEvent = options.onEvent
    this.#cutter = new UtteranceCutter(options)
    this.#judging = this.#begin(options.after)
  }

  get droppedSamples(): number {
    return this.#droppedSamples
  }

  push(pcm: Int16Array): void {
    for (let taken = 0; taken < pcm.length;) {
      const part = pcm.subarray(taken, taken + VAD_WINDOW_SAMPLES - this.#filledSamples)
      this.#window.set(part, this.#filledSamples)
      this.#filledSamples += part.length
      taken += part.length
      if (this.#filledSamples === VAD_WINDOW_SAMPLES) this.#enqueueWindow()
    }
  }

  /** Resolves when everything has been judged and the utterance under way has ended. */
  async finish(): Promise<void> {
    if (this.#filledSamples > 0) this.#enqueueWindow()
    await this.#judging
    this.#cutter.end()
  }

  /** Forgets what has not been judged yet, and ends the audio of the utterance under way. */
  abandon(): void {
    this.#backlog.length = 0
    this.#cutter.end()
  }

  #enqueueWindow(): void {
    const endSample = this.#startSample + this.#filledSamples
    const samples = this.#window.subarray(0, this.#filledSamples)
    this.#backlog.push({ startSample: this.#startSample, endSample, samples })
    this.#window = new Int16Array(VAD_WINDOW_SAMPLES)
    this.#filledSamples = 0
    this.#startSample = endSample
    if (this.#backlog.length > MAX_BACKLOG_WINDOWS) {
      this.#droppedSamples += this.#backlog.shift()?.samples.length ?? 0
    }
    if (!this.#isJudging) this.#judging = this.#judgeBacklog()
  }

  async #begin(after: Promise<void>): Promise<void> {
    await after
    this.#vad.reset()
    await this.#judgeBacklog()
  }

  async #judgeBacklog(): Promise<void> {
    this.#isJudging = true
    for (let window = this.#backlog.shift(); window; window = this.#backlog.shift()) {
      this.#cutter.next(window, await this.#judge(window))
    }
    this.#isJudging = false
  }

  /** @returns `undefined` if the detector failed. */
  async #judge(window: HeardWindow): Promise<number | undefined> {
    try {
      const probability = await this.#vad.speechProbability(wholeWindow(window.samples))
      this.#hasFailed = false
      return probability
    } catch (error) {
      if (!this.#hasFailed) this.#onEvent({ type: 'failed', error: toAppError(error) })
      this.#hasFailed = true
      return undefined
    }
  }
}

/** The last window of all may be shorter: silence fills it up. */
function wholeWindow(samples: Int16Array): Int16Array {
  if (samples.length === VAD_WINDOW_SAMPLES) return samples
  const whole = new Int16Array(VAD_WINDOW_SAMPLES)
  whole.set(samples)
  return whole
}
