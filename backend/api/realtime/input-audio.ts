import { type AudioFormat, decodedAudio, rateOf, Sound } from './audio-format.ts'

/** The input audio buffer: what has been appended and not been committed yet. Moments are counted since the session began. */
export class InputAudio {
  #format: AudioFormat
  #held: Sound
  /** When what is held begins. */
  #heldFromMs = 0

  constructor(format: AudioFormat) {
    this.#format = format
    this.#held = new Sound(rateOf(format))
  }

  get rate(): number {
    return rateOf(this.#format)
  }

  /** How much has been appended so far. */
  get nowMs(): number {
    return this.#heldFromMs + this.#held.durationMs
  }

  get heldMs(): number {
    return this.#held.durationMs
  }

  get sizeBytes(): number {
    return this.#held.sizeBytes
  }

  /** @returns its samples, at the rate of the format. */
  append(base64: string): Int16Array {
    const samples = decodedAudio(base64, this.#format)
    this.#held.add(samples)
    return samples
  }

  /** @returns what of it is still held, for keeping. */
  take(fromMs: number, toMs: number): Sound {
    const samples = this.#held.slice(fromMs - this.#heldFromMs, toMs - this.#heldFromMs)
    this.forgetBefore(toMs)
    return new Sound(rateOf(this.#format), samples)
  }

  forgetBefore(atMs: number): void {
    if (atMs <= this.#heldFromMs) return
    const endMs = this.nowMs
    this.#held.cut({ fromMs: atMs - this.#heldFromMs })
    this.#heldFromMs = endMs - this.#held.durationMs
  }

  clear(): void {
    this.forgetBefore(this.nowMs)
  }

  /** What comes now is written otherwise; what is held was not committed in time and is forgotten. */
  setFormat(format: AudioFormat): void {
    if (format.type === this.#format.type) return
    this.#heldFromMs = this.nowMs
    this.#format = format
    this.#held = new Sound(rateOf(format))
  }
}
