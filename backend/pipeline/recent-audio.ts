/** The last samples that were heard, in a buffer of fixed size. */
export class RecentAudio {
  readonly #samples: Int16Array
  /** Samples added since the start. */
  #total = 0

  constructor(maxSamples: number) {
    this.#samples = new Int16Array(maxSamples)
  }

  add(pcm: Int16Array): void {
    const capacity = this.#samples.length
    const kept = pcm.subarray(Math.max(0, pcm.length - capacity))
    const start = (this.#total + pcm.length - kept.length) % Math.max(1, capacity)
    const untilEnd = Math.min(kept.length, capacity - start)
    this.#samples.set(kept.subarray(0, untilEnd), start)
    this.#samples.set(kept.subarray(untilEnd), 0)
    this.#total += pcm.length
  }

  /** A copy of the last `count` samples, or of as many as there are. */
  last(count: number): Int16Array {
    const capacity = this.#samples.length
    const available = Math.max(0, Math.min(count, this.#total, capacity))
    const copy = new Int16Array(available)
    const start = (this.#total - available) % Math.max(1, capacity)
    const untilEnd = Math.min(available, capacity - start)
    copy.set(this.#samples.subarray(start, start + untilEnd))
    copy.set(this.#samples.subarray(0, available - untilEnd), untilEnd)
    return copy
  }

  clear(): void {
    this.#total = 0
  }
}
