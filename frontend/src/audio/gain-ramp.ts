/** A volume that changes without a click: linearly, sample by sample. */
export class GainRamp {
  readonly #samplesPerChange: number
  #value: number
  #target: number
  #step = 0

  /** @param samplesPerChange how long every change takes. */
  constructor(samplesPerChange: number, value = 1) {
    this.#samplesPerChange = samplesPerChange
    this.#value = value
    this.#target = value
  }

  get value(): number {
    return this.#value
  }

  set(target: number): void {
    if (target === this.#target) return
    this.#target = target
    this.#step = (target - this.#value) / this.#samplesPerChange
  }

  /** Multiplies `samples`; at a steady 1 they stay exactly what they are. */
  apply(samples: Float32Array): void {
    for (let i = 0; i < samples.length; i++) {
      if (this.#value === this.#target) {
        if (this.#value === 1) return
      } else {
        this.#advance()
      }
      samples[i] = (samples[i] ?? 0) * this.#value
    }
  }

  #advance(): void {
    const next = this.#value + this.#step
    this.#value = this.#step > 0 ? Math.min(this.#target, next) : Math.max(this.#target, next)
  }
}
