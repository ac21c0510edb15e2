import { type Clock } from '../../backend/lib/clock.ts'

const START = Date.UTC(2030, 0, 1)

interface Timer {
  readonly dueMs: number
  readonly callback: () => void
}

/** A clock that stands still until the test moves it. Between two timers everything that can settle settles. */
export class FakeClock implements Clock {
  #nowMs = 0
  readonly #timers = new Set<Timer>()

  nowMs(): number {
    return this.#nowMs
  }

  date(): Date {
    return new Date(START + this.#nowMs)
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { dueMs: this.#nowMs + Math.max(0, delayMs), callback }
    this.#timers.add(timer)
    return () => {
      this.#timers.delete(timer)
    }
  }

  /** How many timers are still to come: 0 after a test that cleaned up. */
  get pendingTimers(): number {
    return this.#timers.size
  }

  /** Lets `durationMs` pass: what falls due runs in order of time, those it starts within the span too. */
  async advance(durationMs: number): Promise<void> {
    const endMs = this.#nowMs + durationMs
    await settled()
    for (let timer = this.#next(endMs); timer; timer = this.#next(endMs)) {
      await this.#run(timer)
    }
    this.#nowMs = endMs
  }

  /**
   * Lets time pass until no timer is left.
   * @throws Error after `limitMs`: something restarts its timer for ever.
   */
  async runUntilIdle(limitMs = 3_600_000): Promise<void> {
    const endMs = this.#nowMs + limitMs
    await settled()
    for (let timer = this.#next(endMs); timer; timer = this.#next(endMs)) {
      await this.#run(timer)
    }
    if (this.#timers.size > 0) throw new Error(`Cannot run until idle: timers are left after ${limitMs} ms`)
  }

  async #run(timer: Timer): Promise<void> {
    this.#timers.delete(timer)
    this.#nowMs = timer.dueMs
    timer.callback()
    await settled()
  }

  /** The earliest timer due by `endMs`; of those due together the one set first. */
  #next(endMs: number): Timer | undefined {
    let next: Timer | undefined
    for (const timer of this.#timers) {
      if (timer.dueMs <= endMs && (!next || timer.dueMs < next.dueMs)) next = timer
    }
    return next
  }
}

/** Enough turns of the event loop for chains of promises, streams and `setImmediate` to come to rest. */
export async function settled(turns = 5): Promise<void> {
  for (let turn = 0; turn < turns; turn++) {
    await new Promise((resolve) => setImmediate(resolve))
  }
}
