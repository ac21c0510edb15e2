import { describe, expect, it } from 'vitest'
import { AppError } from '../../../backend/errors.ts'
import { type ManagedRunners } from '../../../backend/runners/runner-service.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { type Conduct, type FakeInstance, FakeLauncher } from '../../fakes/fake-launcher.ts'
import { FakeRunnerSettings, managedRunners } from '../../support/managed-runners.ts'
import { SeededRandom } from '../../support/seeded-random.ts'

/**
 * Ten thousand things that happen to runners, most of them bad, in an order that the seed decides. Whatever happens:
 * every request ends, well or with a sentence; nothing runs twice; memory and places are kept; and in the end nothing
 * is left.
 */

const SEEDS = [1, 2, 3, 4, 5]
const OPERATIONS = 2_000
const IDS = ['anna', 'bert', 'carl', 'dora', 'emil']
const BUDGET_MIB = 1_000
const KNOWN_CODES = new Set([
  'not_found',
  'engine_unavailable',
  'engine_rate_limited',
  'engine_failed',
  'engine_timeout',
])
/** Whoever asks a model gives up after so long. */
const PATIENCE_MS = 20_000

class Chaos {
  readonly clock = new FakeClock()
  readonly launcher = new FakeLauncher(this.clock)
  readonly settings: FakeRunnerSettings
  readonly runners: ManagedRunners
  readonly #random: SeededRandom
  readonly #cancels = new Set<AbortController>()
  /** Requests that have not ended yet, by number. */
  readonly open = new Map<number, string>()
  readonly faults: unknown[] = []
  served = 0
  refused = 0
  cancelled = 0
  brokenOff = 0
  #requests = 0

  constructor(seed: number) {
    this.#random = new SeededRandom(seed)
    this.settings = new FakeRunnerSettings(this.#file())
    const { settings, launcher, clock } = this
    launcher.conduct = () => this.#conduct()
    this.runners = managedRunners({ settings, launcher, clock })
  }

  /** Something happens, and then a while nothing. */
  async step(): Promise<void> {
    this.#operation()
    if (this.#random.chance(0.6))
      await this.clock.advance(this.#random.below(this.#random.chance(0.05) ? 40_000 : 400))
    this.#check()
  }

  #operation(): void {
    const roll = this.#random.next()
    const id = this.#pick(IDS)
    if (roll < 0.5) void this.#request(id)
    else if (roll < 0.62) this.#pick([...this.#cancels])?.abort(new Error('The listener has left'))
    else if (roll < 0.72) this.#pick([...this.launcher.alive])?.crash('SIGSEGV')
    else if (roll < 0.74) this.#hang(this.#pick([...this.launcher.alive]))
    else if (roll < 0.8)
      void this.#by('start', () => this.runners.start(id ?? '', new AbortController().signal))
    else if (roll < 0.86) void this.#by('stop', () => this.runners.stop(id ?? ''))
    else if (roll < 0.9) void this.#by('pin', () => this.runners.pin(id ?? '', this.#random.chance(0.3)))
    else if (roll < 0.94) void this.#by('keep', async () => this.runners.keepAlive(id ?? '', this.#keepMs()))
    else this.settings.change(this.#file())
  }

  async #request(id = ''): Promise<void> {
    const stop = new AbortController()
    this.#cancels.add(stop)
    const durationMs = this.#random.below(2_000)
    await this.#by(`request of ${id}`, async () => {
      try {
        using lease = await this.runners.lease(id, stop.signal)
        const instance = this.launcher.at(lease.baseUrl)
        if (!instance.wasReady) return this.faults.push(`${id} was granted although it was never ready`)
        const patience = new AbortController()
        const cancel = this.clock.after(PATIENCE_MS, () =>
          patience.abort(new AppError('engine_timeout', 'It says nothing')),
        )
        try {
          await instance.work(durationMs, AbortSignal.any([stop.signal, patience.signal]))
          this.served += 1
        } catch (error) {
          if (patience.signal.aborted) lease.failed()
          lease.cancelled()
          throw error
        } finally {
          cancel()
        }
      } catch (error) {
        if (stop.signal.aborted && error === stop.signal.reason) return (this.cancelled += 1)
        if (error instanceof Error && error.message === 'The connection broke') return (this.brokenOff += 1)
        throw error
      } finally {
        this.#cancels.delete(stop)
      }
      return undefined
    })
  }

  #hang(instance: FakeInstance | undefined): void {
    if (instance) instance.isHung = true
  }

  /** Everything that is asked for ends, and if it fails, with a sentence for people. */
  async #by(what: string, work: () => Promise<unknown>): Promise<void> {
    const number = (this.#requests += 1)
    this.open.set(number, what)
    try {
      await work()
    } catch (error) {
      if (error instanceof AppError && KNOWN_CODES.has(error.code)) this.refused += 1
      else this.faults.push(error)
    } finally {
      this.open.delete(number)
    }
  }

  #check(): void {
    const alive = [...this.launcher.alive]
    const ids = new Set(alive.map(({ config }) => config.id))
    if (ids.size !== alive.length) this.faults.push('A runner runs twice')
    if (this.launcher.ports.size !== alive.length) this.faults.push('A port leaked')
    for (const { served, config } of alive) {
      if (served > config.parallel) this.faults.push(`${config.id} serves ${served} at once`)
    }
    for (const { active, max_parallel: most, id } of this.runners.overview().runners) {
      if (active > most) this.faults.push(`${id} has ${active} requests, but only ${most} at once`)
    }
  }

  #conduct(): Conduct {
    const random = this.#random
    return {
      loadMs: random.chance(0.05) ? Infinity : random.below(random.chance(0.1) ? 60_000 : 1_500),
      ...(random.chance(0.5) ? { talksEveryMs: 300 } : {}),
      ...(random.chance(0.15) ? { diesAfterMs: random.below(500), lastWords: this.#lastWords() } : {}),
      isMissing: random.chance(0.02),
      endsAfterMs: random.chance(0.1) ? Infinity : random.below(2_000),
      letsGoAfterMs: random.chance(0.1) ? Infinity : random.below(300),
    }
  }

  #lastWords(): string {
    return this.#random.chance(0.5) ? 'bind: address already in use' : 'error: out of memory'
  }

  #file(): object {
    const random = this.#random
    const runners = IDS.filter(() => random.chance(0.9)).map((id) => ({
      kind: 'command',
      id,
      command: ['serve', random.chance(0.7) ? 'this' : 'that'],
      parallel: 1 + random.below(3),
      max_queue: random.below(6),
      ttl_s: this.#pick([-1, 0, 1, 5]),
      memory_mib: 200 + random.below(700),
      load_stall_s: 5,
      load_max_s: 30,
      stop_grace_s: 1,
      drain_s: 3,
      slots: random.chance(0.5),
      health_every_s: random.chance(0.8) ? 1 : 0,
      pinned: random.chance(0.05),
      ...(random.chance(0.3) ? { group: 'a' } : {}),
    }))
    const limits = random.chance(0.8) ? { memory_mib: BUDGET_MIB } : { max_running: 1 + random.below(3) }
    return { ...limits, groups: { a: { swap: true, exclusive: random.chance(0.2) } }, runners }
  }

  #keepMs(): number {
    return this.#pick([0, 1_000, Infinity]) ?? 0
  }

  #pick<Item>(items: readonly Item[]): Item | undefined {
    return items[this.#random.below(items.length)]
  }
}

describe('runners in chaos', () => {
  it.each(SEEDS)('end every request, and leave nothing behind (seed %i)', async (seed) => {
    const chaos = new Chaos(seed)
    for (let step = 0; step < OPERATIONS; step += 1) await chaos.step()
    // Whoever still waits is served or told, once it is quiet.
    await chaos.clock.advance(600_000)
    expect([...chaos.open.values()]).toEqual([])
    expect(chaos.runners.overview().runners.map(({ active, queued }) => active + queued)).toEqual(
      chaos.runners.overview().runners.map(() => 0),
    )
    const closing = chaos.runners[Symbol.asyncDispose]()
    await chaos.clock.advance(30_000)
    await closing
    expect(chaos.faults).toEqual([])
    expect([...chaos.launcher.alive]).toEqual([])
    expect([...chaos.launcher.ports]).toEqual([])
    expect(chaos.clock.pendingTimers).toBe(0)
    // It was no chaos if nothing came of it.
    expect(Math.min(chaos.served, chaos.refused, chaos.cancelled, chaos.brokenOff)).toBeGreaterThan(20)
  })
})
