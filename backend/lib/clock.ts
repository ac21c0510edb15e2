import { performance } from 'node:perf_hooks'
import { abortReason } from './abort.ts'
import { FairTimers } from './fair-timers.ts'

/** All time in turn code comes through a Clock, so that tests decide what time it is. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  nowMs(): number
  /** Wall-clock time, for what is stored and shown. */
  date(): Date
  /**
   * Calls back once after `delayMs`.
   * @returns a function that cancels the call.
   */
  after(delayMs: number, callback: () => void): () => void
}

const timers = new FairTimers()

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  date: () => new Date(),
  after(delayMs, callback) {
    let isCancelled = false
    const timer = setTimeout(() => {
      timers.run(() => {
        if (!isCancelled) callback()
      })
    }, delayMs)
    return () => {
      isCancelled = true
      clearTimeout(timer)
    }
  },
}

/**
 * Resolves after `delayMs`.
 * @throws the signal's reason, if it aborts first.
 */
export function sleep(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(abortReason(signal))
      return
    }
    const onAbort = (): void => {
      cancel()
      reject(abortReason(signal))
    }
    const cancel = clock.after(delayMs, () => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    })
    signal.addEventListener('abort', onAbort, { once: true })
  })
}
