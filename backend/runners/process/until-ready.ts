import { LinkedSignal } from '../../engines/stt/linked-signal.ts'
import { type Clock, sleep } from '../../lib/clock.ts'
import { type Exit, type Instance, whenEnded } from '../instance.ts'
import { looksReady } from './look.ts'

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
  { clock, signal, limits, heardAtMs }: ReadyOptions,
): Promise<'ready' | 'stalled' | 'late' | 'aborted' | Exit> {
  const startMs = clock.nowMs()
  const seen: { exit?: Exit } = {}
  const ended = new AbortController()
  // Once, and not at each look: a promise keeps everybody who ever asked it.
  whenEnded(instance, (exit) => {
    seen.exit = exit
    ended.abort(new Error('It has ended'))
  })
  using over = new LinkedSignal(signal, ended.signal)
  for (let waitMs = FIRST_POLL_MS; ; waitMs = Math.min(LONGEST_POLL_MS, waitMs * POLL_GROWTH)) {
    const isReady = await looksReady(instance, { clock, signal: over.signal, limitMs: LOOK_MS })
    if (seen.exit) return seen.exit
    if (signal.aborted) return 'aborted'
    if (isReady) return 'ready'
    const nowMs = clock.nowMs()
    if (nowMs - startMs >= limits.maxMs) return 'late'
    if (nowMs - Math.max(startMs, heardAtMs()) >= limits.stallMs) return 'stalled'
    await sleep(clock, waitMs, over.signal).catch(() => {})
  }
}
