import { abortReason } from './abort.ts'
import { type Clock } from './clock.ts'

export interface DeadlineOptions {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** How long each item may take, in milliseconds: the first, and every later one. */
  readonly firstMs: number
  readonly nextMs: number
  /** The error for an item that does not come in time. */
  readonly onLate: () => Error
}

/**
 * The items of what `open` opens. When one is late or the signal aborts, it throws at once even if the source does not
 * react; the source's own signal then aborts and it is left to drain, so that nobody waits for old work to die.
 */
export async function* withDeadline<Item>(
  open: (signal: AbortSignal) => AsyncIterable<Item>,
  options: DeadlineOptions,
): AsyncGenerator<Item, void, undefined> {
  const stop = new AbortController()
  const iterator = open(stop.signal)[Symbol.asyncIterator]()
  using watch = new Watch(options, stop)
  let deadlineMs = options.firstMs
  try {
    while (true) {
      const result = await watch.over(() => iterator.next(), deadlineMs)
      if (result.done) return
      deadlineMs = options.nextMs
      yield result.value
    }
  } finally {
    stop.abort(new Error('No longer wanted'))
    // Nothing to do about a source that fails while it is let go.
    iterator.return?.().catch(() => {})
  }
}

/** One timer and one listener for a whole stream: items come by the thousand. */
class Watch implements Disposable {
  readonly #options: DeadlineOptions
  readonly #stop: AbortController
  #dueAtMs = Infinity
  #wakesAtMs = Infinity
  #cancelTimer: (() => void) | undefined
  #fail: ((error: Error) => void) | undefined

  constructor(options: DeadlineOptions, stop: AbortController) {
    this.#options = options
    this.#stop = stop
    options.signal.addEventListener('abort', this.#onAbort, { once: true })
    if (options.signal.aborted) this.#onAbort()
  }

  /** Waits for what `begin` begins, until the deadline or the abort. */
  async over<Value>(begin: () => Promise<Value>, deadlineMs: number): Promise<Value> {
    const { clock, signal } = this.#options
    if (signal.aborted) throw abortReason(signal)
    this.#dueAtMs = clock.nowMs() + deadlineMs
    if (this.#dueAtMs < this.#wakesAtMs) this.#wakeAt(this.#dueAtMs)
    try {
      return await new Promise<Value>((resolve, reject) => {
        this.#fail = reject
        begin().then(resolve, reject)
      })
    } finally {
      this.#fail = undefined
      this.#dueAtMs = Infinity
    }
  }

  [Symbol.dispose](): void {
    this.#cancelTimer?.()
    this.#options.signal.removeEventListener('abort', this.#onAbort)
  }

  readonly #onAbort = (): void => {
    const reason = abortReason(this.#options.signal)
    this.#stop.abort(reason)
    this.#fail?.(reason)
  }

  /** The timer may be older than the item it watches; then it is set again. */
  readonly #onTimer = (): void => {
    const { clock, nextMs, onLate } = this.#options
    const nowMs = clock.nowMs()
    if (this.#dueAtMs <= nowMs) this.#fail?.(onLate())
    this.#wakeAt(Math.min(this.#dueAtMs, nowMs + nextMs))
  }

  #wakeAt(atMs: number): void {
    const { clock } = this.#options
    this.#cancelTimer?.()
    this.#wakesAtMs = atMs
    this.#cancelTimer = clock.after(atMs - clock.nowMs(), this.#onTimer)
  }
}
