import { type PlaybackSegment } from './playback-segment.ts'

const SHORTEST_MS = 100
const LONGEST_MS = 300
const GROWTH = 1.5
const SHRINK = 0.9

/**
 * Decides when sound may start: once enough waits to bridge the network's unevenness, and no later than that much
 * time after its first sample. It learns: the reserve grows when sound ran out for a moment, and shrinks again.
 */
export class JitterBuffer {
  readonly #samplesPerMs: number
  #reserveMs = SHORTEST_MS
  /** How long the segment at the head has been made to wait, and how long there was nothing, in context samples. */
  #waited = 0
  #dryFor = 0
  #isDry = false
  #underruns = 0

  constructor(contextRate: number) {
    this.#samplesPerMs = contextRate / 1_000
  }

  get underruns(): number {
    return this.#underruns
  }

  get reserveMs(): number {
    return this.#reserveMs
  }

  /** Asked each time samples are wanted while the segment is not playing. */
  mayStart(segment: PlaybackSegment, wanted: number): boolean {
    const reserve = this.#reserveMs * this.#samplesPerMs
    if (segment.isEnded || segment.buffered >= reserve || this.#waited >= reserve) {
      this.#started()
      return true
    }
    if (segment.buffered > 0) this.#waited += wanted
    else this.#dryFor += wanted
    return false
  }

  /** Sound ran out in the middle of a stream. @param missing samples that could not be rendered. */
  ranDry(missing: number): void {
    this.#underruns += 1
    this.#isDry = true
    this.#dryFor = missing
  }

  #started(): void {
    // A longer silence is a voice that takes its time with the next sentence, not a network that stumbles.
    const hasStumbled = this.#isDry && this.#dryFor <= LONGEST_MS * this.#samplesPerMs
    if (hasStumbled) this.#reserveMs = Math.min(LONGEST_MS, this.#reserveMs * GROWTH)
    else this.#reserveMs = Math.max(SHORTEST_MS, this.#reserveMs * SHRINK)
    this.#waited = 0
    this.#dryFor = 0
    this.#isDry = false
  }
}
