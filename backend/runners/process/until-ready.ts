import { type Clock } from '../../lib/clock.ts'
import { type Exit, type Instance, whenEnded } from '../instance.ts'

/** A server that is loaded from the cache is ready at once; who loads for minutes is not asked a thousand times. */
const FIRST_POLL_MS = 20
const LONGEST_POLL_MS = 500
const POLL_GROWTH = 1.5
/** A look that takes longer is one more "not yet". */
const LOOK_MS = 2_000

export interface ReadyOptions {
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly limits: { readonly stallMs: number; readonly maxMs: number }
  /** When it last wrote something: while it does, it is at work. */
  readonly heardAtMs: () => number
}

/** Looks again and again. Resolves also if it ends (how), says nothing for too long, or takes too long in all. */
export async function untilReady(
  instance: Instance,
  options: ReadyOptions,
): Promise<'ready' | 'stalled' | 'late' | 'aborted' | Exit> {
  const { clock, signal, limits, heardAtMs } = options
  const startMs = clock.nowMs()
  const seen: { exit?: Exit } = {}
  whenEnded(instance, (exit) => {
    seen.exit = exit
  })
  for (let waitMs = FIRST_POLL_MS; ; waitMs = Math.min(LONGEST_POLL_MS, waitMs * POLL_GROWTH)) {
    const isReady = await look(instance, clock, signal)
    if (seen.exit) return seen.exit
    if (signal.aborted) return 'aborted'
    if (isReady) return 'ready'
    const nowMs = clock.nowMs()
    if (nowMs - startMs >= limits.maxMs) return 'late'
    if (nowMs - Math.max(startMs, heardAtMs()) >= limits.stallMs) return 'stalled'
    await pause(instance, { clock, signal, waitMs })
  }
}

async function look(instance: Instance, clock: Clock, signal: AbortSignal): Promise<boolean> {
  const limit = new AbortController()
  const onAbort = (): void => limit.abort()
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  const late = new Promise<boolean>((resolve) => {
    limit.signal.addEventListener('abort', () => resolve(false), { once: true })
  })
  const cancel = clock.after(LOOK_MS, onAbort)
  try {
    const ended = instance.ended.then(() => false)
    return await Promise.race([instance.isReady(limit.signal).catch(() => false), late, ended])
  } finally {
    cancel()
    signal.removeEventListener('abort', onAbort)
  }
}

/** Over as soon as something happens. */
function pause(
  instance: Instance,
  { clock, signal, waitMs }: { clock: Clock; signal: AbortSignal; waitMs: number },
): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      cancel()
      signal.removeEventListener('abort', over)
      resolve()
    }
    const cancel = clock.after(waitMs, over)
    signal.addEventListener('abort', over, { once: true })
    if (signal.aborted) over()
    whenEnded(instance, over)
  })
}
