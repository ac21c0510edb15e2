import { type Clock } from '../../lib/clock.ts'
import { type Instance, whenEnded } from '../instance.ts'

/** What survives even that hangs in the kernel; nobody waits for it for ever. */
const KILL_MS = 10_000

/** Asks it to end, and ends it if it does not. */
export async function endInstance(
  instance: Instance,
  { clock, graceMs }: { clock: Clock; graceMs: number },
): Promise<'ended' | 'killed' | 'stuck'> {
  instance.terminate()
  if (await endsWithin(instance, clock, graceMs)) return 'ended'
  instance.kill()
  return (await endsWithin(instance, clock, KILL_MS)) ? 'killed' : 'stuck'
}

function endsWithin(instance: Instance, clock: Clock, limitMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = clock.after(limitMs, () => resolve(false))
    whenEnded(instance, () => {
      cancel()
      resolve(true)
    })
  })
}
