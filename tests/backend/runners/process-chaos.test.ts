import { expect, it } from 'vitest'
import { AppError } from '../../../backend/errors.ts'
import { systemClock } from '../../../backend/lib/clock.ts'
import { RunnerModel } from '../../../backend/runners/models/runner-model.ts'
import { isAlive, realRunners, type RealRunners, runnersFile } from '../../support/real-runners.ts'
import { SeededRandom } from '../../support/seeded-random.ts'

/**
 * The same chaos as with pretended runners, shorter, with real processes: they are killed, hang, do not end when they
 * are asked to, and are given other settings. In the end no process of them is left, and no port is taken.
 */

const OPERATIONS = 450
const IDS = ['anna', 'bert', 'carl']
const AT_ONCE = 12

const KNOBS: readonly Readonly<Record<string, string>>[] = [
  {},
  { FAKE_LOAD_MS: '150' },
  { FAKE_IGNORE_TERM: '1' },
  { FAKE_DIE_LOADING: 'error: out of memory' },
  { FAKE_DIE_AFTER_TOKENS: '4' },
  { FAKE_TOKEN_MS: '20' },
  { FAKE_CHILD: 'in its group' },
]

class ProcessChaos {
  readonly random = new SeededRandom(7)
  readonly open = new Set<Promise<void>>()
  readonly faults: unknown[] = []
  readonly pids = new Set<number>()
  readonly counts = { answered: 0, cancelled: 0, failed: 0 }
  readonly real: RealRunners
  readonly #model: RunnerModel
  readonly #cancels = new Set<AbortController>()

  constructor(real: RealRunners) {
    this.real = real
    this.#model = new RunnerModel({
      service: real.runners,
      clock: systemClock,
      config: () => undefined,
      firstTokenTimeoutMs: 20_000,
      tokenTimeoutMs: 20_000,
    })
    real.runners.onChange((change) => {
      if (change.type === 'runner' && change.runner.pid !== undefined) this.pids.add(change.runner.pid)
    })
  }

  async step(): Promise<void> {
    const roll = this.random.next()
    if (roll < 0.6) this.#begin(this.#pick(IDS) ?? '')
    else if (roll < 0.75) this.#pick([...this.#cancels])?.abort(new Error('The listener has left'))
    else if (roll < 0.843) this.#signal('SIGKILL')
    else if (roll < 0.85) this.#signal('SIGSTOP')
    else if (roll < 0.92) this.#track(this.real.runners.stop(this.#pick(IDS) ?? ''))
    else this.real.settings.change(this.file())
    while (this.open.size >= AT_ONCE) await Promise.race(this.open)
    await new Promise((resolve) => setTimeout(resolve, this.random.below(20)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#model[Symbol.asyncDispose]()
  }

  file(): object {
    const runner = (): object => ({
      env: this.#pick(KNOBS),
      parallel: 1 + this.random.below(2),
      stop_grace_s: 0.2,
      drain_s: 1,
      load_stall_s: 5,
      health_every_s: 0.5,
      health_failures: 1,
      ttl_s: this.random.below(2),
      max_crashes: 5,
    })
    return runnersFile(Object.fromEntries(IDS.map((id) => [id, runner()])), { max_running: 2 })
  }

  #begin(id: string): void {
    const stop = new AbortController()
    this.#cancels.add(stop)
    this.#track(this.#request(id, stop.signal).finally(() => this.#cancels.delete(stop)))
  }

  async #request(id: string, signal: AbortSignal): Promise<void> {
    const request = {
      messages: [{ role: 'user' as const, content: 'Hello' }],
      scene: { speaker: { id, name: id, personality: '', firstMessage: '' }, cast: [], history: [] },
      settings: { model: id },
    }
    try {
      for await (const event of this.#model.streamReply(request, signal)) {
        if (event.type === 'finish') this.counts.answered += 1
      }
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) throw error
      this.counts.cancelled += 1
    }
  }

  /** What is stopped in this way runs no more, and has not ended: it hangs. */
  #signal(signal: 'SIGKILL' | 'SIGSTOP'): void {
    const running = this.real.runners.overview().runners.flatMap(({ pid }) => pid ?? [])
    const pid = this.#pick(running)
    if (pid !== undefined && isAlive(pid)) process.kill(pid, signal)
  }

  /** Whatever is asked for ends, and if it fails, with a sentence for people. */
  #track(work: Promise<void>): void {
    const done = work.then(undefined, (error: unknown) => {
      if (error instanceof AppError && error.code !== 'internal') this.counts.failed += 1
      else this.faults.push(error)
    })
    this.open.add(done)
    void done.finally(() => this.open.delete(done))
  }

  #pick<Item>(items: readonly Item[]): Item | undefined {
    return items[this.random.below(items.length)]
  }
}

it('real processes in chaos answer or fail every request, and none is left in the end', async () => {
  const real = await realRunners(Object.fromEntries(IDS.map((id) => [id, {}])))
  const chaos = new ProcessChaos(real)
  real.settings.change(chaos.file())
  for (let step = 0; step < OPERATIONS; step += 1) await chaos.step()
  await Promise.all(chaos.open)
  await chaos[Symbol.asyncDispose]()
  await real[Symbol.asyncDispose]()
  expect(chaos.faults).toEqual([])
  expect([...chaos.pids].filter(isAlive)).toEqual([])
  expect(real.places.inUse).toBe(0)
  expect(Math.min(...Object.values(chaos.counts))).toBeGreaterThan(5)
  expect(chaos.pids.size).toBeGreaterThan(20)
})
