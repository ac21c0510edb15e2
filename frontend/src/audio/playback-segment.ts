import { GainRamp } from './gain-ramp.ts'
import { toFloat } from './pcm.ts'
import { Resampler } from './resampler.ts'

const MUTE_RAMP_MS = 15

/** Which audio stream of which turn. */
export interface StreamKey {
  readonly epoch: number
  readonly stream: number
}

export interface SegmentOptions extends StreamKey {
  readonly streamRate: number
  readonly contextRate: number
  /** Index, within the stream, of the segment's first sample. */
  readonly base: number
  readonly isMuted: boolean
}

/** An unbroken run of samples of one stream, on their way to the loudspeaker. */
export class PlaybackSegment {
  readonly key: StreamKey
  readonly streamRate: number
  readonly #contextRate: number
  readonly #base: number
  readonly #resampler: Resampler
  readonly #gain: GainRamp
  readonly #chunks: Float32Array<ArrayBuffer>[] = []
  #chunkStart = 0
  /** In samples of the stream. */
  #received = 0
  /** In samples of the context. */
  #buffered = 0
  #rendered = 0
  #isEnded = false
  /** Whether sound has been let out since the last time the segment ran dry. */
  isPlaying = false

  constructor(options: SegmentOptions) {
    this.key = { epoch: options.epoch, stream: options.stream }
    this.streamRate = options.streamRate
    this.#contextRate = options.contextRate
    this.#base = options.base
    this.#resampler = new Resampler({ fromHz: options.streamRate, toHz: options.contextRate })
    this.#gain = new GainRamp((MUTE_RAMP_MS / 1_000) * options.contextRate, options.isMuted ? 0 : 1)
  }

  /** Index, within the stream, of the sample that must come next. */
  get expectedOffset(): number {
    return this.#base + this.#received
  }

  /** Waiting to be rendered, in samples of the context. */
  get buffered(): number {
    return this.#buffered
  }

  get isEnded(): boolean {
    return this.#isEnded
  }

  get isDrained(): boolean {
    return this.#isEnded && this.#buffered === 0
  }

  /** How many samples of the stream have been rendered; never more than that. */
  get played(): number {
    const moment = Math.floor((this.#rendered * this.streamRate) / this.#contextRate)
    return this.#base + Math.min(this.#received, moment)
  }

  setMuted(isMuted: boolean): void {
    this.#gain.set(isMuted ? 0 : 1)
  }

  push(pcm: Int16Array): void {
    this.#received += pcm.length
    this.#keep(this.#resampler.process(toFloat(pcm)))
  }

  /** No more samples will come. */
  end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#keep(this.#resampler.flush())
  }

  /**
   * Takes samples out, into `output`.
   * @returns how many: fewer than fit if there are no more.
   */
  read(output: Float32Array): number {
    let count = 0
    while (count < output.length) {
      const chunk = this.#chunks[0]
      if (chunk === undefined) break
      const part = chunk.subarray(this.#chunkStart, this.#chunkStart + output.length - count)
      output.set(part, count)
      count += part.length
      this.#chunkStart += part.length
      if (this.#chunkStart === chunk.length) this.#dropChunk()
    }
    this.#gain.apply(output.subarray(0, count))
    this.#buffered -= count
    this.#rendered += count
    return count
  }

  #keep(samples: Float32Array<ArrayBuffer>): void {
    if (samples.length === 0) return
    this.#chunks.push(samples)
    this.#buffered += samples.length
  }

  #dropChunk(): void {
    this.#chunks.shift()
    this.#chunkStart = 0
  }
}
