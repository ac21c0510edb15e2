import { type Clock } from '../lib/clock.ts'
import { type Instance, whenEnded } from './instance.ts'

/** How long a model may take to notice that nobody listens: it looks up between batches of a long prompt. */
const LET_GO_MS = 5_000
const FIRST_WAIT_MS = 10
const LONGEST_WAIT_MS = 200

/**
 * Whether a request that was broken off has really ended: servers have gone on writing for nobody for hours, and the
 * next request then waits behind that.
 * @param others how many further requests it rightly works on.
 * @returns false if it has not let go in time. True also where it cannot be asked.
 */
export async function hasLetGo(instance: Instance, others: () => number, clock: Clock): Promise<boolean> {
  const limit = new AbortController()
  const cancel = clock.after(LET_GO_MS, () => limit.abort(new Error('It took too long')))
  const seen = { hasEnded: false }
  whenEnded(instance, () => {
    seen.hasEnded = true
    limit.abort(new Error('It has ended'))
  })
  const late = new Promise<'failed'>((resolve) => {
    limit.signal.addEventListener('abort', () => resolve('failed'), { once: true })
  })
  try {
    for (let waitMs = FIRST_WAIT_MS; !limit.signal.aborted; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
      const busy = await Promise.race([looked(instance, limit.signal), late])
      if (busy === 'silent') return true
      if (busy !== 'failed' && busy <= others()) return true
      await pause(clock, waitMs, limit.signal)
    }
    return seen.hasEnded
  } finally {
    cancel()
  }
}

async function looked(instance: Instance, signal: AbortSignal): Promise<number | 'silent' | 'failed'> {
  try {
    return (await instance.busySlots(signal)) ?? 'silent'
  } catch {
    return 'failed'
  }
}

function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      cancel()
      signal.removeEventListener('abort', over)
      resolve()
    }
    const cancel = clock.after(delayMs, over)
    signal.addEventListener('abort', over, { once: true })
    if (signal.aborted) over()
  })
}
