import { type Clock } from '../../../frontend/src/socket/clock.ts'

/** Time that stands still until it is told to go on. */
export class FakeClock implements Clock {
  #nowMs = 0
  #timers: { atMs: number; callback: () => void }[] = []

  nowMs(): number {
    return this.#nowMs
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, callback }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** Lets time pass, calling back on the way in order. */
  advance(byMs: number): void {
    const untilMs = this.#nowMs + byMs
    for (let next = this.#takeDue(untilMs); next !== undefined; next = this.#takeDue(untilMs)) {
      this.#nowMs = next.atMs
      next.callback()
    }
    this.#nowMs = untilMs
  }

  #takeDue(untilMs: number): { atMs: number; callback: () => void } | undefined {
    const [next] = this.#timers.toSorted((a, b) => a.atMs - b.atMs)
    if (next === undefined || next.atMs > untilMs) return undefined
    this.#timers = this.#timers.filter((other) => other !== next)
    return next
  }
}
