import { type Clock } from '../../lib/clock.ts'
import { type Instance } from '../instance.ts'

export interface LookOptions {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Who takes longer to answer has not answered. */
  readonly limitMs: number
}

/** One look whether it takes requests. False, too, as soon as the signal aborts. */
export async function looksReady(
  instance: Instance,
  { clock, signal, limitMs }: LookOptions,
): Promise<boolean> {
  const limit = new AbortController()
  const onAbort = (): void => limit.abort(new Error('It took too long'))
  const late = new Promise<boolean>((resolve) => {
    limit.signal.addEventListener('abort', () => resolve(false), { once: true })
  })
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  const cancel = clock.after(limitMs, onAbort)
  try {
    return await Promise.race([instance.isReady(limit.signal).catch(() => false), late])
  } finally {
    cancel()
    signal.removeEventListener('abort', onAbort)
  }
}
