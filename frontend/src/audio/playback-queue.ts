import { type AudioFrame } from '#shared/protocol/audio-frame.ts'
import { GainRamp } from './gain-ramp.ts'
import { JitterBuffer } from './jitter-buffer.ts'
import { PlaybackSegment, type StreamKey } from './playback-segment.ts'

const FADE_MS = 15
const GAIN_RAMP_MS = 40
const DUCKED_GAIN = 0.25

/** How far a stream has been played. */
export interface PlayedPosition extends StreamKey {
  /** Samples of the stream that have been rendered. */
  readonly samples: number
  readonly sampleRate: number
  /** The stream will not sound any further: it was played to its end, or cut off. */
  readonly isFinal: boolean
}

export interface PlaybackReport {
  readonly positions: readonly PlayedPosition[]
  /** What is sounding, short gaps included. */
  readonly playing: StreamKey | null
  /** Root mean square since the last report, 0 … 1, of what went to the loudspeaker. */
  readonly level: number
  /** How many times sound ran out in the middle of a stream, since the beginning. */
  readonly underruns: number
  /** Frames that belonged to nothing, or came twice, since the beginning. */
  readonly dropped: number
}

/**
 * All sound that waits to be heard: streams one after another without a gap, each counted to the sample.
 * It knows nothing of Web Audio; the worklet asks it for the next samples.
 */
export class PlaybackQueue {
  readonly #contextRate: number
  readonly #jitter: JitterBuffer
  readonly #gain: GainRamp
  #segments: PlaybackSegment[] = []
  /** The segment that takes the next samples, of every stream that is not over. */
  readonly #open = new Map<string, PlaybackSegment>()
  readonly #muted = new Set<string>()
  #finals: PlayedPosition[] = []
  /** What is still fading after a cut. */
  #tail = new Float32Array(0)
  #closedUpTo = -1
  #isVoiceOn = true
  #isDucked = false
  #energy = 0
  #measured = 0
  #dropped = 0

  /** @param contextRate samples per second of what is rendered. */
  constructor(contextRate: number) {
    this.#contextRate = contextRate
    this.#jitter = new JitterBuffer(contextRate)
    this.#gain = new GainRamp((GAIN_RAMP_MS / 1_000) * contextRate)
  }

  /** Whether a stream has come to its end since the last report. */
  get hasNews(): boolean {
    return this.#finals.length > 0
  }

  start(stream: StreamKey & { readonly sampleRate: number; readonly isMuted?: boolean }): void {
    if (stream.epoch <= this.#closedUpTo || this.#open.has(keyOf(stream))) return
    if (stream.isMuted === true) this.#muted.add(keyOf(stream))
    this.#openSegment(stream, { streamRate: stream.sampleRate, base: 0 }, this.#segments.length)
  }

  push(frame: AudioFrame): void {
    const segment = this.#open.get(keyOf(frame))
    const known = segment === undefined ? 0 : segment.expectedOffset - frame.offset
    if (segment === undefined || (known >= frame.pcm.length && frame.pcm.length > 0)) this.#dropped += 1
    else if (known < 0) this.#resumeAfterGap(segment, frame)
    else segment.push(frame.pcm.subarray(known))
    if (frame.isLast) this.end(frame)
  }

  /** No more samples of this stream will come. */
  end(stream: StreamKey): void {
    this.#open.get(keyOf(stream))?.end()
    this.#open.delete(keyOf(stream))
  }

  /** No more samples of this turn will come. */
  endTurn(epoch: number): void {
    for (const segment of this.#open.values()) if (segment.key.epoch === epoch) this.end(segment.key)
  }

  /** Cuts off everything of turns up to `epoch`: what sounds fades within 15 ms, what waits is gone. */
  cut(epoch: number): void {
    this.#closedUpTo = Math.max(this.#closedUpTo, epoch)
    const isCut = (segment: PlaybackSegment): boolean => segment.key.epoch <= epoch
    const [playing] = this.#segments
    for (const segment of this.#open.values()) if (isCut(segment)) segment.end()
    for (const segment of this.#segments.filter(isCut)) {
      if (this.#isFirstOfStream(segment)) this.#settle(segment)
    }
    if (playing?.isPlaying === true && isCut(playing)) this.#fadeOut(playing)
    this.#segments = this.#segments.filter((segment) => !isCut(segment))
  }

  /** Cuts off everything, and forgets which turns were cut: a new session counts them anew. */
  reset(): void {
    this.cut(Number.MAX_SAFE_INTEGER)
    this.#closedUpTo = -1
  }

  /** Off: nothing is heard, yet everything counts as played. */
  setVoice(isOn: boolean): void {
    this.#isVoiceOn = isOn
    this.#updateGain()
  }

  /** Steps back while the user seems to speak. */
  setDucked(isDucked: boolean): void {
    this.#isDucked = isDucked
    this.#updateGain()
  }

  /** Silences one stream; it counts as played all the same. */
  setMuted(stream: StreamKey, isMuted: boolean): void {
    if (isMuted) this.#muted.add(keyOf(stream))
    else this.#muted.delete(keyOf(stream))
    for (const segment of this.#segments) {
      if (keyOf(segment.key) === keyOf(stream)) segment.setMuted(isMuted)
    }
  }

  /** Writes the next samples: sound, or silence where there is none. */
  render(output: Float32Array): void {
    output.fill(0)
    let filled = 0
    while (filled < output.length && this.#mayPlay(output.length - filled)) {
      filled += this.#playFrom(output.subarray(filled))
    }
    this.#gain.apply(output)
    this.#mixTail(output)
    for (const sample of output) this.#energy += sample * sample
    this.#measured += output.length
  }

  takeReport(): PlaybackReport {
    const [current] = this.#segments
    const isCurrent = current !== undefined && (current.isPlaying || current.played > 0)
    const report = {
      positions: [...this.#finals, ...(isCurrent ? [positionOf(current, false)] : [])],
      playing: isCurrent ? current.key : null,
      level: this.#measured === 0 ? 0 : Math.sqrt(this.#energy / this.#measured),
      underruns: this.#jitter.underruns,
      dropped: this.#dropped,
    }
    this.#finals = []
    this.#energy = 0
    this.#measured = 0
    return report
  }

  #openSegment(key: StreamKey, run: { streamRate: number; base: number }, index: number): PlaybackSegment {
    const { epoch, stream } = key
    const isMuted = this.#muted.has(keyOf(key))
    const segment = new PlaybackSegment({ epoch, stream, ...run, contextRate: this.#contextRate, isMuted })
    this.#segments.splice(index, 0, segment)
    this.#open.set(keyOf(key), segment)
    return segment
  }

  /** Samples were lost on the way: the stream goes on at its right place. */
  #resumeAfterGap(segment: PlaybackSegment, frame: AudioFrame): void {
    segment.end()
    const index = this.#segments.indexOf(segment)
    const run = { streamRate: segment.streamRate, base: frame.offset }
    this.#openSegment(frame, run, index === -1 ? this.#segments.length : index + 1).push(frame.pcm)
  }

  #mayPlay(wanted: number): boolean {
    const [segment] = this.#segments
    if (segment === undefined) return false
    if (!segment.isPlaying && !this.#jitter.mayStart(segment, wanted)) return false
    segment.isPlaying = true
    return true
  }

  #playFrom(output: Float32Array): number {
    const [segment] = this.#segments
    if (segment === undefined) return output.length
    const count = segment.read(output)
    if (segment.isDrained) this.#finish(segment)
    else if (count < output.length) {
      segment.isPlaying = false
      this.#jitter.ranDry(output.length - count)
    }
    return count
  }

  #finish(segment: PlaybackSegment): void {
    this.#segments.shift()
    const goesOn = this.#segments.some(({ key }) => keyOf(key) === keyOf(segment.key))
    if (!goesOn) this.#settle(segment)
  }

  #isFirstOfStream(segment: PlaybackSegment): boolean {
    return this.#segments.find(({ key }) => keyOf(key) === keyOf(segment.key)) === segment
  }

  #settle(segment: PlaybackSegment): void {
    this.#open.delete(keyOf(segment.key))
    this.#muted.delete(keyOf(segment.key))
    this.#finals.push(positionOf(segment, true))
  }

  #fadeOut(segment: PlaybackSegment): void {
    const tail = new Float32Array((FADE_MS / 1_000) * this.#contextRate)
    const fade = tail.subarray(0, segment.read(tail))
    for (let i = 0; i < fade.length; i++) {
      const share = 0.5 * (1 + Math.cos((Math.PI * (i + 1)) / fade.length))
      fade[i] = (fade[i] ?? 0) * share * this.#gain.value
    }
    this.#tail = fade
  }

  #mixTail(output: Float32Array): void {
    const count = Math.min(output.length, this.#tail.length)
    for (let i = 0; i < count; i++) output[i] = (output[i] ?? 0) + (this.#tail[i] ?? 0)
    this.#tail = this.#tail.subarray(count)
  }

  #updateGain(): void {
    this.#gain.set((this.#isVoiceOn ? 1 : 0) * (this.#isDucked ? DUCKED_GAIN : 1))
  }
}

function keyOf({ epoch, stream }: StreamKey): string {
  return `${epoch}:${stream}`
}

function positionOf(segment: PlaybackSegment, isFinal: boolean): PlayedPosition {
  return { ...segment.key, samples: segment.played, sampleRate: segment.streamRate, isFinal }
}
