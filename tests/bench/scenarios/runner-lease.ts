import { systemClock } from '../../../backend/lib/clock.ts'
import { FakeLauncher } from '../../fakes/fake-launcher.ts'
import { FakeRunnerSettings, managedRunners } from '../../support/managed-runners.ts'

const RUNNER = { kind: 'command', id: 'model', command: ['model-server'], ttl_s: -1 }
const NEVER = new AbortController().signal

/** A runner that is there already. @returns how long each of so many requests waited until it was theirs, in milliseconds. */
export async function leases(count: number): Promise<number[]> {
  const launcher = new FakeLauncher(systemClock)
  launcher.conduct = () => ({ loadMs: 0, endsAfterMs: 0, letsGoAfterMs: 0 })
  const settings = new FakeRunnerSettings({ runners: [RUNNER] })
  await using runners = managedRunners({ settings, launcher, clock: systemClock })
  await runners.start(RUNNER.id, NEVER)
  const waits: number[] = []
  for (let request = 0; request < count; request += 1) {
    const startMs = performance.now()
    using _lease = await runners.lease(RUNNER.id, NEVER)
    waits.push(performance.now() - startMs)
  }
  return waits
}
