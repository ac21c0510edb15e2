import { type Clock } from './clock.ts'

/** Allows `perSecond` on average and `burst` at once. */
export class TokenBucket {
  readonly #clock: Clock
  readonly #perSecond: number
  readonly #burst: number
  #tokens: number
  #filledAtMs: number

  constructor(clock: Clock, limits: { perSecond: number; burst: number }) {
    this.#clock = clock
    this.#perSecond = limits.perSecond
    this.#burst = limits.burst
    this.#tokens = limits.burst
    this.#filledAtMs = clock.nowMs()
  }

  /** @returns false if `count` is more than is left; nothing is taken then. */
  take(count: number): boolean {
    const nowMs = this.#clock.nowMs()
    const earned = ((nowMs - this.#filledAtMs) / 1000) * this.#perSecond
    this.#tokens = Math.min(this.#burst, this.#tokens + earned)
    this.#filledAtMs = nowMs
    if (count > this.#tokens) return false
    this.#tokens -= count
    return true
  }
}
