import { type Clock } from '../../backend/lib/clock.ts'
import { type SeededRandom } from './seeded-random.ts'

/**
 * Everything that would happen some time, in an order that a seed decides: timers and results of engines alike come
 * due whenever they are drawn. Time itself goes on by a little with every step.
 */
export class ShuffledTime implements Clock {
  readonly #random: SeededRandom
  readonly #tasks: (() => void)[] = []
  #nowMs = 0

  constructor(random: SeededRandom) {
    this.#random = random
  }

  nowMs(): number {
    return this.#nowMs
  }

  date(): Date {
    return new Date(Date.UTC(2030, 0, 1) + this.#nowMs)
  }

  after(_delayMs: number, callback: () => void): () => void {
    this.#tasks.push(callback)
    return () => {
      const index = this.#tasks.indexOf(callback)
      if (index >= 0) this.#tasks.splice(index, 1)
    }
  }

  /** Resolves at a step of the scheduler's choosing, whatever has happened meanwhile. */
  sometime(): Promise<void> {
    return new Promise((resolve) => {
      this.#tasks.push(resolve)
    })
  }

  get pendingTasks(): number {
    return this.#tasks.length
  }

  /** Lets one thing happen, and as much of what follows from it as the seed decides. */
  async step(): Promise<void> {
    const task = this.#tasks.splice(this.#random.below(this.#tasks.length), 1)[0]
    this.#nowMs += this.#random.below(60)
    task?.()
    const ticks = this.#random.below(24)
    for (let tick = 0; tick < ticks; tick++) await Promise.resolve()
  }
}
