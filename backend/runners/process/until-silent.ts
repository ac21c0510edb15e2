import { type Clock, sleep } from '../../lib/clock.ts'
import { type Instance, whenEnded } from '../instance.ts'
import { looksReady } from './look.ts'

/** Machines that swap answer late; they answer. */
const LOOK_MS = 5_000
/** Where looking is switched off: how often it is asked whether it still is. */
const OFF_MS = 60_000

export interface SilentOptions {
  readonly clock: Clock
  /** Asked anew each time: settings change while it runs. */
  readonly rules: () => HealthRules
  /** Whether it may be silent: it does one thing at a time, and is at it. */
  readonly isExcused: () => boolean
}

export interface HealthRules {
  /** 0: never. */
  readonly everyMs: number
  /** So many looks in a row in vain, and it counts as hung. */
  readonly mostFailures: number
}

/** Looks now and then at what was ready. Resolves when it has ended, or does not answer any more. */
export async function untilSilent(
  instance: Instance,
  { clock, rules, isExcused }: SilentOptions,
): Promise<'ended' | 'silent'> {
  const ended = new AbortController()
  whenEnded(instance, () => ended.abort(new Error('It has ended')))
  const { signal } = ended
  for (let failures = 0; ;) {
    const { everyMs } = rules()
    await sleep(clock, everyMs || OFF_MS, signal).catch(() => {})
    if (signal.aborted) return 'ended'
    const isToLook = everyMs > 0 && !isExcused()
    const isWell = !isToLook || (await looksReady(instance, { clock, signal, limitMs: LOOK_MS }))
    if (signal.aborted) return 'ended'
    // It may have begun to work while we looked.
    failures = isWell || isExcused() ? 0 : failures + 1
    if (failures >= rules().mostFailures) return 'silent'
  }
}
