import { AppError } from '../../errors.ts'
import { type Clock } from '../../lib/clock.ts'
import { decide, nextDueMs, type Step } from './decide.ts'
import { type Entry, type Waiter } from './entry.ts'
import { type Rules } from './room.ts'

/** `setTimeout` takes no more; then it is looked at again. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** What the scheduler has done. It tells the scheduler when it is done, later. */
export interface Effects {
  start(id: string): void
  stop(id: string): void
  changed(id: string): void
}

export interface BoardOptions {
  readonly clock: Clock
  readonly effects: Effects
  readonly rules: Rules
}

/** All runners as they stand, and what follows from that, done. */
export class Board implements Disposable {
  rules: Rules
  readonly #clock: Clock
  readonly #effects: Effects
  readonly #entries = new Map<string, Entry>()
  #cancelTimer: (() => void) | undefined
  #isLooking = false
  #isToLookAgain = false
  #isDisposed = false

  constructor({ clock, effects, rules }: BoardOptions) {
    this.#clock = clock
    this.#effects = effects
    this.rules = rules
  }

  get(id: string): Entry | undefined {
    return this.#entries.get(id)
  }

  get entries(): readonly Entry[] {
    return [...this.#entries.values()]
  }

  /** @throws AppError `not_found` */
  of(id: string): Entry {
    const entry = this.#entries.get(id)
    if (!entry) throw new AppError('not_found', `There is no runner "${id}"`)
    return entry
  }

  put(entry: Entry): void {
    this.#entries.set(entry.id, entry)
  }

  delete(id: string): void {
    this.#entries.delete(id)
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true
    this.#cancelTimer?.()
  }

  changed(entry: Entry): void {
    this.#effects.changed(entry.id)
    this.look()
  }

  /** Whoever is told something may ask for more at once: that is looked at after it, not inside. */
  look(): void {
    this.#isToLookAgain = true
    if (this.#isLooking || this.#isDisposed) return
    this.#isLooking = true
    try {
      while (this.#isToLookAgain) {
        this.#isToLookAgain = false
        for (let step = this.#next(); step; step = this.#next()) this.#take(step)
      }
    } finally {
      this.#isLooking = false
    }
    this.#setTimer()
  }

  #next(): Step | undefined {
    return decide(this.entries, this.rules, this.#clock.nowMs())
  }

  #take(step: Step): void {
    const { entry } = step
    switch (step.type) {
      case 'grant':
        takeOut(entry.waiting, step.waiter)
        entry.active += 1
        entry.lastUsedMs = this.#clock.nowMs()
        this.#effects.changed(entry.id)
        step.waiter.granted(entry.generation)
        return
      case 'refuse':
        takeOut(entry.waiting, step.waiter)
        if (step.isForRoom) entry.refusal = step.error
        this.#effects.changed(entry.id)
        step.waiter.refused(step.error)
        return
      case 'start':
        entry.phase = 'starting'
        entry.error = undefined
        entry.refusal = undefined
        entry.generation += 1
        break
      case 'stop':
        entry.phase = 'stopping'
        entry.isLeaving = false
        break
    }
    this.#effects.changed(entry.id)
    this.#effects[step.type](entry.id)
  }

  #setTimer(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    const dueMs = nextDueMs(this.entries)
    if (dueMs === Infinity) return
    // A fraction more than asked for: woken too early it would look in vain.
    const delayMs = Math.min(LONGEST_TIMER_MS, Math.max(1, Math.ceil(dueMs - this.#clock.nowMs())))
    this.#cancelTimer = this.#clock.after(delayMs, () => this.look())
  }
}

/** @returns whether it was there. */
export function takeOut(waiting: Waiter[], waiter: Waiter): boolean {
  const index = waiting.indexOf(waiter)
  if (index < 0) return false
  waiting.splice(index, 1)
  return true
}

export function refuseAll(entry: Entry, error: AppError): void {
  for (const waiter of entry.waiting.splice(0)) waiter.refused(error)
}
