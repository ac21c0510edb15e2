import { describe, expect, it } from 'vitest'
import { type ManagedRunners } from '../../../backend/runners/runner-service.ts'
import { FakeClock, settled } from '../../fakes/fake-clock.ts'
import { type FakeInstance, FakeLauncher } from '../../fakes/fake-launcher.ts'
import { HANG_MS } from '../../support/hang.ts'
import { FakeRunnerSettings, managedRunners } from '../../support/managed-runners.ts'
import { isAlive, realRunners } from '../../support/real-runners.ts'

interface Stage {
  readonly clock: FakeClock
  readonly launcher: FakeLauncher
  readonly settings: FakeRunnerSettings
  readonly runners: ManagedRunners
}

function fileOf(runner: object): object {
  return { runners: [{ kind: 'command', id: 'nova', command: ['serve'], ttl_s: -1, ...runner }] }
}

/** With `nova` running. By default it is looked at every 10 s; three looks in vain take 45 s. */
async function stage(runner: object = {}): Promise<Stage> {
  const clock = new FakeClock()
  const launcher = new FakeLauncher(clock)
  const settings = new FakeRunnerSettings(fileOf(runner))
  const runners = managedRunners({ settings, launcher, clock })
  void runners.start('nova', new AbortController().signal)
  await clock.advance(1_000)
  expect(runners.find('nova')?.state).toBe('ready')
  return { clock, launcher, settings, runners }
}

function running({ launcher }: Stage): FakeInstance {
  const instance = launcher.running('nova')
  if (!instance) throw new Error('Nothing runs')
  return instance
}

describe('a runner that hangs', () => {
  it('is ended, says why, and is started anew for the next request', async () => {
    const on = await stage()
    const hung = running(on)
    hung.isHung = true
    await on.clock.advance(50_000)
    expect(hung.wasKilled).toBe(true)
    expect(on.runners.find('nova')).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('did not answer any more and was ended'),
    })
    void on.runners.start('nova', new AbortController().signal)
    await on.clock.advance(1_000)
    expect(on.runners.find('nova')).toMatchObject({ state: 'ready', error: undefined, restarts: 1 })
    expect(running(on)).not.toBe(hung)
  })

  it('and is pinned is there again by itself', async () => {
    const on = await stage({ pinned: true })
    const hung = running(on)
    hung.isHung = true
    await on.clock.advance(50_000)
    expect(on.runners.find('nova')?.state).toBe('ready')
    expect(running(on)).not.toBe(hung)
  })

  it('while it answers is ended, too, if it can do several things at once', async () => {
    const on = await stage({ slots: true, parallel: 2 })
    const lease = await on.runners.lease('nova', new AbortController().signal)
    const hung = running(on)
    const answered = hung.work(1_000_000, new AbortController().signal).then(
      () => 'whole',
      (error: unknown) => String(error),
    )
    hung.isHung = true
    await on.clock.advance(50_000)
    expect(await answered).toContain('The connection broke')
    lease[Symbol.dispose]()
    expect(hung.wasKilled).toBe(true)
    expect(on.runners.find('nova')?.active).toBe(0)
  })

  it('keeps nobody waiting: who waits for it gets the next one', async () => {
    const on = await stage({ slots: true })
    await on.runners.lease('nova', new AbortController().signal)
    const hung = running(on)
    hung.isHung = true
    const waiting = on.runners.lease('nova', new AbortController().signal)
    await on.clock.advance(60_000)
    const lease = await waiting
    expect(on.launcher.at(lease.baseUrl)).not.toBe(hung)
  })

  it('is noticed as soon as its settings say', async () => {
    const on = await stage({ health_every_s: 0 })
    const hung = running(on)
    hung.isHung = true
    await on.clock.advance(600_000)
    expect(hung.wasKilled).toBe(false)
    on.settings.change(fileOf({ health_every_s: 1, health_failures: 1 }))
    // What is switched off is looked at once in a minute, in case it is no more.
    await on.clock.advance(70_000)
    expect(hung.wasKilled).toBe(true)
  })
})

describe('a runner that only looks as if it hung', () => {
  it('for a moment is left alone', async () => {
    const on = await stage()
    const instance = running(on)
    for (let time = 0; time < 20; time += 1) {
      instance.isHung = true
      await on.clock.advance(25_000)
      instance.isHung = false
      await on.clock.advance(15_000)
    }
    expect(running(on)).toBe(instance)
    expect(on.runners.find('nova')).toMatchObject({ state: 'ready', restarts: 0 })
  })

  it('because it does one thing at a time is left to it', async () => {
    const on = await stage({ slots: false })
    const lease = await on.runners.lease('nova', new AbortController().signal)
    const instance = running(on)
    instance.isHung = true
    await on.clock.advance(600_000)
    expect(instance.wasKilled).toBe(false)
    instance.isHung = false
    lease[Symbol.dispose]()
    await on.clock.advance(60_000)
    expect(on.runners.find('nova')).toMatchObject({ state: 'ready', restarts: 0 })
  })

  it('and is stopped meanwhile ends as it was told to', async () => {
    const on = await stage()
    running(on).isHung = true
    await on.clock.advance(12_000)
    const stopping = on.runners.stop('nova')
    await on.clock.advance(60_000)
    await stopping
    await settled()
    expect(on.runners.find('nova')).toMatchObject({ state: 'stopped', error: undefined })
    expect(on.clock.pendingTimers).toBe(0)
  })
})

it('a process that answers nobody any more is replaced', async () => {
  await using real = await realRunners({
    nova: {
      pinned: true,
      health_every_s: 0.1,
      health_failures: 1,
      env: { FAKE_DEAF_AFTER_MS: '300' },
    },
  })
  await expect.poll(() => real.runners.find('nova')?.pid, { timeout: HANG_MS }).toBeDefined()
  const pid = real.runners.find('nova')?.pid
  await expect.poll(() => isAlive(pid), { timeout: HANG_MS }).toBe(false)
  await expect.poll(() => real.runners.find('nova')?.restarts, { timeout: HANG_MS }).toBe(1)
})
