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
  const { signal } = options
  const stop = new AbortController()
  const onAbort = (): void => stop.abort(abortReason(signal))
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  const iterator = open(stop.signal)[Symbol.asyncIterator]()
  let deadlineMs = options.firstMs
  try {
    while (true) {
      const result = await nextWithin(iterator, deadlineMs, options)
      if (result.done) return
      deadlineMs = options.nextMs
      yield result.value
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    stop.abort(new Error('No longer wanted'))
    // Nothing to do about a source that fails while it is let go.
    iterator.return?.().catch(() => {})
  }
}

function nextWithin<Item>(
  iterator: AsyncIterator<Item>,
  deadlineMs: number,
  options: DeadlineOptions,
): Promise<IteratorResult<Item>> {
  const { clock, signal } = options
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(abortReason(signal))
      return
    }
    const onAbort = (): void => finish(() => reject(abortReason(signal)))
    const cancelTimer = clock.after(deadlineMs, () => finish(() => reject(options.onLate())))
    const finish = (act: () => void): void => {
      cancelTimer()
      signal.removeEventListener('abort', onAbort)
      act()
    }
    signal.addEventListener('abort', onAbort, { once: true })
    iterator.next().then(
      (result) => finish(() => resolve(result)),
      (error: unknown) => finish(() => reject(error instanceof Error ? error : new Error(String(error)))),
    )
  })
}
