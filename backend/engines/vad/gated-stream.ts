import { type VadStream } from '../contracts.ts'
import { EnergyGate, loudnessOf } from './energy-gate.ts'

/** A stream whose windows of clear silence are not judged: they get the last judgement. */
export class GatedStream implements VadStream {
  readonly #stream: VadStream
  #gate = new EnergyGate()
  #lastProbability = 0
  /** The window before this one, if it was skipped. */
  #skipped: Int16Array | undefined

  constructor(stream: VadStream) {
    this.#stream = stream
  }

  async speechProbability(window: Int16Array): Promise<number> {
    const gate = this.#gate
    const loudness = loudnessOf(window)
    if (gate.skips(loudness)) {
      this.#skipped = window.slice()
      return this.#lastProbability
    }
    const judging = this.#judge(window)
    const probability = await judging
    if (gate === this.#gate) {
      gate.judged(loudness, probability)
      this.#lastProbability = probability
    }
    return probability
  }

  reset(): void {
    this.#gate = new EnergyGate()
    this.#lastProbability = 0
    this.#skipped = undefined
    this.#stream.reset()
  }

  [Symbol.dispose](): void {
    this.#stream[Symbol.dispose]()
  }

  /** A soft beginning may lie in the window skipped just before: the model hears that one first. */
  #judge(window: Int16Array): Promise<number> {
    if (this.#skipped) {
      // Its own judgement comes too late for anybody; if it fails, so does the next.
      this.#stream.speechProbability(this.#skipped).catch(() => undefined)
      this.#skipped = undefined
    }
    return this.#stream.speechProbability(window)
  }
}
