import { describe, expect, it } from 'vitest'
import { type RunnerLease } from '../../../backend/runners/contract.ts'
import { type ManagedRunners } from '../../../backend/runners/runner-service.ts'
import { FakeClock, settled } from '../../fakes/fake-clock.ts'
import { FakeLauncher, WELL_BEHAVED } from '../../fakes/fake-launcher.ts'
import { FakeRunnerSettings, managedRunners } from '../../support/managed-runners.ts'

interface Stage {
  readonly clock: FakeClock
  readonly launcher: FakeLauncher
  readonly settings: FakeRunnerSettings
  readonly runners: ManagedRunners
}

function fileOf(runners: Readonly<Record<string, object>>, file: object = {}): object {
  const list = Object.entries(runners).map(([id, runner]) => ({
    kind: 'command',
    id,
    command: ['serve'],
    ...runner,
  }))
  return { ...file, runners: list }
}

/** Loads take 100 ms, ends 10 ms, unless `launcher.conduct` says otherwise. */
function stage(runners: Readonly<Record<string, object>>, file: object = {}): Stage {
  const clock = new FakeClock()
  const launcher = new FakeLauncher(clock)
  const settings = new FakeRunnerSettings(fileOf(runners, file))
  return { clock, launcher, settings, runners: managedRunners({ settings, launcher, clock }) }
}

/** What has become of a request by now. */
interface Asked {
  lease?: RunnerLease
  error?: unknown
}

function ask({ runners }: Stage, id: string, signal = new AbortController().signal): Asked {
  const asked: Asked = {}
  runners.lease(id, signal).then(
    (lease) => (asked.lease = lease),
    (error: unknown) => (asked.error = error),
  )
  return asked
}

async function granted(on: Stage, id: string): Promise<RunnerLease> {
  const asked = ask(on, id)
  await on.clock.advance(1_000)
  if (!asked.lease) throw new Error(`"${id}" was not granted: ${String(asked.error)}`)
  return asked.lease
}

function statesOf({ runners }: Stage): Record<string, string> {
  return Object.fromEntries(runners.overview().runners.map(({ id, state }) => [id, state]))
}

describe('a request', () => {
  it('waits until its runner is ready, and is told how long that took', async () => {
    const on = stage({ nova: {} })
    const asked = ask(on, 'NOVA')
    await on.clock.advance(90)
    expect(asked.lease).toBeUndefined()
    expect(statesOf(on)).toEqual({ nova: 'starting' })
    await on.clock.advance(110)
    expect(asked.lease?.waitedMs).toBeGreaterThanOrEqual(100)
    expect(statesOf(on)).toEqual({ nova: 'ready' })
  })

  it('outlasts a load of minutes, as long as the runner says something meanwhile', async () => {
    const on = stage({ nova: { load_stall_s: 5 } })
    on.launcher.conduct = () => ({ ...WELL_BEHAVED, loadMs: 600_000, talksEveryMs: 4_000 })
    const asked = ask(on, 'nova')
    await on.clock.advance(601_000)
    expect(asked.lease).toBeDefined()
  })

  it('is served at whatever moment of a slow stop it comes', async () => {
    // Every millisecond of it: one that fell between the decision and the deed would wait for ever.
    for (let atMs = 0; atMs <= 60; atMs += 1) {
      const on = stage({ nova: { ttl_s: 1 } })
      on.launcher.conduct = () => ({ ...WELL_BEHAVED, endsAfterMs: 50 })
      const first = await granted(on, 'nova')
      first[Symbol.dispose]()
      await on.clock.advance(995 + atMs)
      const asked = ask(on, 'nova')
      await on.clock.advance(500)
      expect(asked.lease, `${atMs} ms`).toBeDefined()
    }
  })

  it('is refused when too many wait, and says so', async () => {
    const on = stage({ nova: { max_queue: 1 } })
    await granted(on, 'nova')
    const waiting = ask(on, 'nova')
    const refused = ask(on, 'nova')
    await settled()
    expect(waiting.error).toBeUndefined()
    expect(refused.error).toMatchObject({ code: 'engine_rate_limited' })
  })

  it('that is given up leaves the queue, and the next one moves up', async () => {
    const on = stage({ nova: {} })
    const first = await granted(on, 'nova')
    const stop = new AbortController()
    const left = ask(on, 'nova', stop.signal)
    const next = ask(on, 'nova')
    stop.abort(new Error('No longer wanted'))
    first[Symbol.dispose]()
    await settled()
    expect(left.error).toEqual(new Error('No longer wanted'))
    expect(next.lease).toBeDefined()
  })

  it('goes as many at once as the settings say', async () => {
    const on = stage({ nova: { parallel: 2 } })
    const asked = [ask(on, 'nova'), ask(on, 'nova'), ask(on, 'nova')]
    await on.clock.advance(1_000)
    expect(asked.map(({ lease }) => lease !== undefined)).toEqual([true, true, false])
    expect(on.runners.find('nova')).toMatchObject({ active: 2, queued: 1 })
  })

  it('for a runner that is not there says which there are', async () => {
    const on = stage({ nova: {}, luna: {} })
    const asked = ask(on, 'stella')
    await settled()
    expect(asked.error).toMatchObject({ code: 'not_found', message: expect.stringContaining('nova, luna') })
  })
})

describe('memory', () => {
  const two = { nova: { memory_mib: 600 }, luna: { memory_mib: 600 } }

  it('is made free by whoever is idle', async () => {
    const on = stage(two, { memory_mib: 1_000 })
    const lease = await granted(on, 'nova')
    lease[Symbol.dispose]()
    await granted(on, 'luna')
    expect(statesOf(on)).toEqual({ nova: 'stopped', luna: 'ready' })
  })

  it('is waited for while the other is busy', async () => {
    const on = stage(two, { memory_mib: 1_000 })
    const lease = await granted(on, 'nova')
    const asked = ask(on, 'luna')
    await on.clock.advance(60_000)
    expect(asked.lease).toBeUndefined()
    lease[Symbol.dispose]()
    await on.clock.advance(1_000)
    expect(asked.lease).toBeDefined()
  })

  it('goes to whoever asked first: later requests for the one that has to go wait behind', async () => {
    const on = stage(two, { memory_mib: 1_000 })
    const first = await granted(on, 'nova')
    const second = ask(on, 'luna')
    const third = ask(on, 'nova')
    first[Symbol.dispose]()
    await on.clock.advance(1_000)
    expect([second.lease !== undefined, third.lease !== undefined]).toEqual([true, false])
    second.lease?.[Symbol.dispose]()
    await on.clock.advance(1_000)
    expect(third.lease).toBeDefined()
  })

  it('is not kept from an earlier request by later ones for a runner that has a place left', async () => {
    const on = stage(
      { nova: { memory_mib: 600, parallel: 2 }, luna: { memory_mib: 600 } },
      { memory_mib: 1_000 },
    )
    const first = await granted(on, 'nova')
    const second = ask(on, 'luna')
    const third = ask(on, 'nova')
    await on.clock.advance(1_000)
    expect(third.lease).toBeUndefined()
    first[Symbol.dispose]()
    await on.clock.advance(1_000)
    expect(second.lease).toBeDefined()
  })

  it('is never taken from a pinned one', async () => {
    const on = stage(
      { nova: { memory_mib: 600, pinned: true }, luna: { memory_mib: 600 } },
      { memory_mib: 1_000 },
    )
    await on.clock.advance(1_000)
    expect(statesOf(on)).toEqual({ nova: 'ready', luna: 'stopped' })
    const asked = ask(on, 'luna')
    await settled()
    expect(asked.error).toMatchObject({ message: expect.stringContaining('the pinned "nova" leave no room') })
  })

  it('that nobody has is refused with the figures', async () => {
    const on = stage({ nova: { memory_mib: 2_000 } }, { memory_mib: 1_000 })
    const asked = ask(on, 'nova')
    await settled()
    expect(asked.error).toMatchObject({ message: expect.stringContaining('it takes 2000 MiB') })
  })

  it('is not asked for within a group of which one runs at a time', async () => {
    const on = stage({ nova: { group: 'big' }, luna: { group: 'big' }, vega: {} }, { groups: { big: {} } })
    for (const id of ['nova', 'vega', 'luna']) (await granted(on, id))[Symbol.dispose]()
    expect(statesOf(on)).toEqual({ nova: 'stopped', luna: 'ready', vega: 'ready' })
  })
})

describe('an idle runner', () => {
  it('ends when its time is over, counted from its last use', async () => {
    const on = stage({ nova: { ttl_s: 10 } })
    const lease = await granted(on, 'nova')
    await on.clock.advance(60_000)
    expect(statesOf(on)).toEqual({ nova: 'ready' })
    lease[Symbol.dispose]()
    await on.clock.advance(9_900)
    expect(statesOf(on)).toEqual({ nova: 'ready' })
    await on.clock.advance(200)
    expect(statesOf(on)).toEqual({ nova: 'stopped' })
    expect(on.launcher.alive.size).toBe(0)
  })

  it('stays as long as whoever used it said last', async () => {
    const on = stage({ nova: { ttl_s: 10 } })
    ;(await granted(on, 'nova'))[Symbol.dispose]()
    on.runners.keepAlive('nova', Infinity)
    await on.clock.advance(3_600_000)
    expect(statesOf(on)).toEqual({ nova: 'ready' })
    on.runners.keepAlive('nova', 0)
    await on.clock.advance(100)
    expect(statesOf(on)).toEqual({ nova: 'stopped' })
  })

  it('stays while it is pinned', async () => {
    const on = stage({ nova: { ttl_s: 1 } })
    ;(await granted(on, 'nova'))[Symbol.dispose]()
    await on.runners.pin('nova', true)
    await on.clock.advance(60_000)
    expect(statesOf(on)).toEqual({ nova: 'ready' })
    await on.runners.pin('nova', false)
    await on.clock.advance(2_000)
    expect(statesOf(on)).toEqual({ nova: 'stopped' })
  })
})

describe('a runner that crashes', () => {
  it('is started again for whoever waits', async () => {
    const on = stage({ nova: {} })
    await granted(on, 'nova')
    const waiting = ask(on, 'nova')
    on.launcher.running('nova')?.crash('SIGSEGV')
    await on.clock.advance(1_000)
    expect(waiting.lease).toBeDefined()
    expect(on.runners.find('nova')).toMatchObject({ restarts: 1, active: 1 })
  })

  it('again and again rests for a while, says so, and then works again', async () => {
    const on = stage({ nova: {} })
    for (let round = 0; round < 3; round += 1) {
      ;(await granted(on, 'nova'))[Symbol.dispose]()
      on.launcher.running('nova')?.crash('SIGSEGV')
      await settled()
    }
    const refused = ask(on, 'nova')
    await settled()
    expect(refused.error).toMatchObject({
      code: 'engine_unavailable',
      message: expect.stringMatching(
        /failed again and again; it is tried again in \d s.*crashed \(SIGSEGV\)/su,
      ),
    })
    expect(on.runners.find('nova')).toMatchObject({ state: 'failed', retry_at: expect.any(String) })
    await on.clock.advance(5_000)
    await granted(on, 'nova')
  })

  it('gives back nothing to the next one: what ends late does not make room there', async () => {
    const on = stage({ nova: {} })
    const late = await granted(on, 'nova')
    on.launcher.running('nova')?.crash('SIGSEGV')
    await granted(on, 'nova')
    const waiting = ask(on, 'nova')
    late[Symbol.dispose]()
    await on.clock.advance(1_000)
    expect(waiting.lease).toBeUndefined()
    expect(on.runners.find('nova')).toMatchObject({ active: 1, queued: 1 })
  })

  it('is started again at once by hand', async () => {
    const on = stage({ nova: { max_crashes: 1 } })
    ;(await granted(on, 'nova'))[Symbol.dispose]()
    on.launcher.running('nova')?.crash('SIGSEGV')
    await settled()
    const started = on.runners.start('nova', new AbortController().signal)
    await on.clock.advance(200)
    await started
    expect(statesOf(on)).toEqual({ nova: 'ready' })
  })

  it('is started again without being asked while it is pinned', async () => {
    const on = stage({ nova: { pinned: true } })
    await on.clock.advance(1_000)
    on.launcher.running('nova')?.crash('SIGSEGV')
    await on.clock.advance(1_000)
    expect(statesOf(on)).toEqual({ nova: 'ready' })
  })
})

describe('a request that was broken off', () => {
  it('holds its place until the model has let go', async () => {
    const on = stage({ nova: {} })
    const lease = await granted(on, 'nova')
    const instance = on.launcher.at(lease.baseUrl)
    instance.busy = 1
    lease.cancelled()
    lease[Symbol.dispose]()
    const next = ask(on, 'nova')
    await on.clock.advance(1_000)
    expect(next.lease).toBeUndefined()
    instance.busy = 0
    await on.clock.advance(200)
    expect(next.lease?.baseUrl).toBe(lease.baseUrl)
  })

  it('that the model goes on with costs it a restart, but not while others use it', async () => {
    const on = stage({ nova: { parallel: 2 } })
    const stuck = await granted(on, 'nova')
    const other = await granted(on, 'nova')
    const instance = on.launcher.at(stuck.baseUrl)
    instance.busy = 2
    stuck.cancelled()
    stuck[Symbol.dispose]()
    await on.clock.advance(10_000)
    expect(statesOf(on)).toEqual({ nova: 'ready' })
    const next = ask(on, 'nova')
    await on.clock.advance(1_000)
    expect(next.lease).toBeUndefined()
    other[Symbol.dispose]()
    await on.clock.advance(1_000)
    expect(next.lease?.baseUrl).not.toBe(stuck.baseUrl)
  })
})

describe('a change of the settings', () => {
  it('restarts only what has changed, and not under a running request', async () => {
    const on = stage({ nova: {}, luna: {} })
    const lease = await granted(on, 'nova')
    const other = await granted(on, 'luna')
    on.settings.change(fileOf({ nova: { command: ['serve', '--better'] }, luna: {} }))
    await on.clock.advance(10_000)
    expect(on.launcher.starts).toBe(2)
    const next = ask(on, 'nova')
    lease[Symbol.dispose]()
    await on.clock.advance(1_000)
    expect(next.lease?.baseUrl).not.toBe(lease.baseUrl)
    expect(on.launcher.running('nova')?.config).toMatchObject({ command: ['serve', '--better'] })
    expect(on.launcher.running('luna')?.access.baseUrl).toBe(other.baseUrl)
  })

  it('of what counts without a new start needs none', async () => {
    const on = stage({ nova: { ttl_s: 300 } })
    ;(await granted(on, 'nova'))[Symbol.dispose]()
    on.settings.change(fileOf({ nova: { ttl_s: 2, aliases: ['star'] } }))
    await settled()
    expect(on.runners.find('star')?.id).toBe('nova')
    expect(on.launcher.starts).toBe(1)
    await on.clock.advance(3_000)
    expect(statesOf(on)).toEqual({ nova: 'stopped' })
  })

  it('that takes a runner away lets its request finish, and tells who waits', async () => {
    const on = stage({ nova: {} })
    const lease = await granted(on, 'nova')
    const waiting = ask(on, 'nova')
    on.settings.change(fileOf({}))
    await settled()
    expect(on.runners.find('nova')).toBeUndefined()
    expect(waiting.error).toMatchObject({ code: 'not_found' })
    expect(on.launcher.alive.size).toBe(1)
    lease[Symbol.dispose]()
    await on.clock.advance(100)
    expect(on.launcher.alive.size).toBe(0)
  })
})

describe('stopping', () => {
  it('lets requests finish for as long as the settings say, and no longer', async () => {
    const on = stage({ nova: { drain_s: 5 } })
    await granted(on, 'nova')
    const done = on.runners.stop('nova')
    await on.clock.advance(4_900)
    expect(statesOf(on)).toEqual({ nova: 'ready' })
    await on.clock.advance(200)
    await done
    expect(statesOf(on)).toEqual({ nova: 'stopped' })
  })

  it('breaks off a start', async () => {
    const on = stage({ nova: {} })
    on.launcher.conduct = () => ({ ...WELL_BEHAVED, loadMs: Infinity })
    const asked = ask(on, 'nova')
    await on.clock.advance(1_000)
    const done = on.runners.stop('nova')
    await on.clock.advance(1_000)
    await done
    expect(asked.error).toMatchObject({ code: 'engine_unavailable' })
    expect(statesOf(on)).toEqual({ nova: 'stopped' })
  })

  it('the server ends all, and refuses what comes then', async () => {
    const on = stage({ nova: {}, luna: {} })
    on.launcher.conduct = () => ({ ...WELL_BEHAVED, endsAfterMs: Infinity })
    await granted(on, 'nova')
    const waiting = ask(on, 'nova')
    const closing = on.runners[Symbol.asyncDispose]()
    await on.clock.advance(3_000)
    await closing
    expect(waiting.error).toMatchObject({ code: 'engine_unavailable' })
    expect(on.launcher.alive.size).toBe(0)
    await expect(on.runners.lease('nova', new AbortController().signal)).rejects.toThrow(/closed/u)
    expect(on.clock.pendingTimers).toBe(0)
  })
})

describe('listeners', () => {
  it('are told of every change', async () => {
    const on = stage({ nova: {} })
    on.launcher.conduct = () => ({ ...WELL_BEHAVED, loadMs: 4_000 })
    const states: string[] = []
    on.runners.onChange((change) => {
      if (change.type === 'runner') states.push(change.runner.state)
    })
    ask(on, 'nova')
    await on.clock.advance(5_000)
    expect([...new Set(states)]).toEqual(['starting', 'ready'])
  })
})
