import { AppError } from '../../errors.ts'
import { type Clock } from '../../lib/clock.ts'
import { Board, type BoardOptions, refuseAll, takeOut } from './board.ts'
import { type Entry, type Limits, newEntry, type Waiter } from './entry.ts'
import { type Rules } from './room.ts'

/**
 * Who runs, who waits, who goes. It knows no processes: it is told what happened (`asked`, `released`, `started`,
 * `crashed`, …), and after each of these it looks at everything once and has started and stopped what follows.
 *
 * Requests are served in the order in which they came. A runner that has to go for an earlier request takes no later
 * ones, so nobody waits for ever; a busy one is let finish.
 */
export class Scheduler {
  readonly #clock: Clock
  readonly #board: Board
  #arrivals = 0

  constructor(options: BoardOptions) {
    this.#clock = options.clock
    this.#board = new Board(options)
  }

  entry(id: string): Readonly<Entry> | undefined {
    return this.#board.get(id)
  }

  /** A runner that is new, or whose limits are. */
  add(id: string, limits: Limits): void {
    const known = this.#board.get(id)
    if (known) known.limits = limits
    else this.#board.put(newEntry(id, limits))
    this.#board.look()
  }

  setRules(rules: Rules): void {
    this.#board.rules = rules
    this.#board.look()
  }

  forget(id: string): void {
    this.#board.delete(id)
  }

  /** It ends when nobody uses it; until then it takes no more requests. They wait, and start it again. */
  leave(id: string, onStopped: () => void = () => {}): void {
    const entry = this.#board.of(id)
    if (entry.phase === 'stopped') {
      onStopped()
      return
    }
    entry.isLeaving = true
    entry.onStopped.push(onStopped)
    this.#board.look()
  }

  /** Whoever is served by it is let down. */
  abandon(id: string): void {
    const entry = this.#board.of(id)
    entry.active = 0
    entry.generation += 1
    this.#board.look()
  }

  refuseWaiting(id: string, error: AppError): void {
    const entry = this.#board.of(id)
    entry.isKept = false
    refuseAll(entry, error)
    this.#board.look()
  }

  /** @returns how to leave the queue. @throws AppError `engine_rate_limited` if too many wait. */
  ask(id: string, request: Omit<Waiter, 'number'>): () => void {
    const entry = this.#board.of(id)
    const { maxQueue, parallel } = entry.limits
    const isFull = entry.waiting.length >= maxQueue + Math.max(0, parallel - entry.active)
    if (isFull) {
      const error = new AppError(
        'engine_rate_limited',
        `Too many requests wait for the runner "${id}" (${entry.waiting.length}); try again in a moment`,
      )
      throw error
    }
    const waiter = { ...request, number: this.#arrivals++ }
    entry.waiting.push(waiter)
    this.#board.look()
    return () => {
      if (takeOut(entry.waiting, waiter)) this.#board.changed(entry)
    }
  }

  /** A request has ended. */
  release(id: string, generation: number): void {
    const entry = this.#board.get(id)
    if (!entry || entry.generation !== generation || entry.active === 0) return
    entry.active -= 1
    entry.lastUsedMs = this.#clock.nowMs()
    this.#board.changed(entry)
  }

  keepAlive(id: string, ms: number): void {
    const entry = this.#board.of(id)
    entry.keepAliveMs = ms
    this.#board.changed(entry)
  }

  pin(id: string, isPinned: boolean): void {
    const entry = this.#board.of(id)
    entry.isPinned = isPinned
    entry.isKept = isPinned && (entry.isKept || entry.phase === 'ready' || entry.phase === 'starting')
    this.#board.changed(entry)
  }

  /** A pinned one is started, and whenever it has crashed. */
  keep(id: string): void {
    const entry = this.#board.of(id)
    entry.isKept = true
    this.#board.changed(entry)
  }

  /** It may be started again at once. */
  forgive(id: string): void {
    const entry = this.#board.of(id)
    entry.restsUntilMs = 0
    entry.error = undefined
    entry.refusal = undefined
  }

  started(id: string): void {
    const entry = this.#board.of(id)
    if (entry.phase !== 'starting') return
    entry.phase = 'ready'
    entry.error = undefined
    entry.lastUsedMs = this.#clock.nowMs()
    entry.isKept ||= entry.isPinned
    this.#board.changed(entry)
  }

  /** Whoever waited for that start is told why. */
  startFailed(id: string, error: AppError, restsUntilMs = 0): void {
    const entry = this.#board.of(id)
    // It was to be stopped while it started: `stopped` comes, too.
    if (entry.phase !== 'starting') return
    entry.error = error
    entry.restsUntilMs = restsUntilMs
    refuseAll(entry, error)
    this.#down(entry)
  }

  /** Whoever waited still waits, and starts it again. */
  crashed(id: string, error: AppError, restsUntilMs = 0): void {
    const entry = this.#board.of(id)
    if (entry.phase !== 'ready' && entry.phase !== 'starting') return
    entry.error = error
    entry.restsUntilMs = restsUntilMs
    this.#down(entry)
  }

  stopped(id: string): void {
    const entry = this.#board.of(id)
    if (entry.phase === 'stopping') this.#down(entry)
  }

  /** Nothing is started any more, and whoever waits is told. */
  close(error: AppError): void {
    this.#board[Symbol.dispose]()
    for (const entry of this.#board.entries) refuseAll(entry, error)
  }

  #down(entry: Entry): void {
    entry.phase = 'stopped'
    entry.active = 0
    entry.generation += 1
    entry.isLeaving = false
    // First they are told: they may have changed what is started next.
    for (const onStopped of entry.onStopped.splice(0)) onStopped()
    this.#board.changed(entry)
  }
}
