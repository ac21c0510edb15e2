import { AppError } from '../../backend/errors.ts'
import { type Clock } from '../../backend/lib/clock.ts'
import { deferred } from '../../backend/lib/deferred.ts'
import { type ModelConfig } from '../../backend/runners/config/model-config.ts'
import { type Exit, type Instance, type Launcher, type LaunchOrder } from '../../backend/runners/instance.ts'

/** How one start of a runner goes. */
export interface Conduct {
  /** Until it is ready; Infinity: never. */
  readonly loadMs: number
  /** How often it writes something while it loads; absent: never. */
  readonly talksEveryMs?: number
  /** It ends while it loads, after this time. */
  readonly diesAfterMs?: number
  /** What it says then. */
  readonly lastWords?: string
  /** It cannot even be started. */
  readonly isMissing?: boolean
  /** How long it takes to end when it is asked to; Infinity: it has to be killed. */
  readonly endsAfterMs: number
  /** How long a model goes on with a request that was broken off; Infinity: for ever. */
  readonly letsGoAfterMs: number
}

export const WELL_BEHAVED: Conduct = { loadMs: 100, endsAfterMs: 10, letsGoAfterMs: 0 }

/** Runners that are only pretended, on a clock that the test moves. */
export class FakeLauncher implements Launcher {
  readonly #clock: Clock
  /** Asked at each start. */
  conduct: (config: ModelConfig) => Conduct = () => WELL_BEHAVED
  readonly alive = new Set<FakeInstance>()
  readonly #all = new Map<string, FakeInstance>()
  readonly ports = new Set<number>()
  starts = 0
  #nextPort = 1

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async launch(order: LaunchOrder): Promise<Instance> {
    await Promise.resolve()
    const conduct = this.conduct(order.config)
    this.starts += 1
    if (conduct.isMissing) throw new AppError('engine_unavailable', 'There is no such program')
    const port = this.#nextPort++
    this.ports.add(port)
    const instance = new FakeInstance(order, conduct, { clock: this.#clock, port })
    this.alive.add(instance)
    this.#all.set(instance.access.baseUrl, instance)
    void instance.ended.then(() => {
      this.alive.delete(instance)
      return this.ports.delete(port)
    })
    return instance
  }

  /** The one that listens there, or did. */
  at(baseUrl: string): FakeInstance {
    const instance = this.#all.get(baseUrl)
    if (!instance) throw new Error(`Nobody ever listened at ${baseUrl}`)
    return instance
  }

  /** The one that runs for a runner. */
  running(id: string): FakeInstance | undefined {
    return [...this.alive].find((instance) => instance.config.id === id)
  }
}

export class FakeInstance implements Instance {
  readonly pid: number
  readonly config: ModelConfig
  readonly #end = deferred<Exit>()
  readonly ended = this.#end.promise
  readonly #clock: Clock
  readonly #conduct: Conduct
  readonly #cancels: (() => void)[] = []
  #isLoaded = false
  #hasEnded = false
  /** It answers nothing, and ends only if it is killed. */
  isHung = false
  /** Requests it works on, those that nobody waits for included. */
  busy = 0
  /** Requests that somebody waits for. */
  served = 0
  /** How it took its end. */
  wasKilled = false

  constructor(order: LaunchOrder, conduct: Conduct, { clock, port }: { clock: Clock; port: number }) {
    this.pid = port
    this.config = order.config
    this.#clock = clock
    this.#conduct = conduct
    this.#after(conduct.loadMs, () => {
      this.#isLoaded = true
    })
    if (conduct.diesAfterMs !== undefined) {
      this.#after(conduct.diesAfterMs, () => {
        if (conduct.lastWords !== undefined) order.onLog('err', conduct.lastWords)
        this.crash('exit code 1')
      })
    }
    this.#talk(order)
  }

  get access() {
    const { id } = this.config
    return { baseUrl: `http://127.0.0.1:${this.pid}/v1`, fetch: unreachable, apiKey: undefined, model: id }
  }

  get wasReady(): boolean {
    return this.#isLoaded
  }

  get isLoaded(): boolean {
    return this.#isLoaded && !this.#hasEnded
  }

  isReady(): Promise<boolean> {
    return this.isHung ? new Promise(() => {}) : Promise.resolve(this.isLoaded)
  }

  busySlots(): Promise<number | undefined> {
    if (this.isHung && !this.#hasEnded) return new Promise(() => {})
    return this.#hasEnded ? Promise.reject(new Error('Nobody is there')) : Promise.resolve(this.busy)
  }

  memoryBytes(): Promise<number | undefined> {
    return Promise.resolve(1)
  }

  terminate(): void {
    if (this.isHung) return
    this.#after(this.#conduct.endsAfterMs, () => this.crash('SIGTERM'))
  }

  kill(): void {
    this.wasKilled = !this.#hasEnded
    this.crash('SIGKILL')
  }

  /** Ends, asked or not. */
  crash(reason: string): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    for (const cancel of this.#cancels) cancel()
    this.#end.resolve({ reason })
  }

  /** Answers a request for as long as that takes. @throws Error if it ends, or is broken off. */
  async work(durationMs: number, signal: AbortSignal): Promise<void> {
    if (this.#hasEnded) throw new Error('The connection broke')
    this.busy += 1
    this.served += 1
    const done = deferred()
    const cancel = this.#clock.after(durationMs, () => {
      if (!this.isHung) done.resolve()
    })
    const onAbort = (): void => done.reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    void this.ended.then(() => done.reject(new Error('The connection broke')))
    try {
      await done.promise
      this.busy -= 1
    } catch (error) {
      this.#after(this.#conduct.letsGoAfterMs, () => {
        this.busy -= 1
      })
      throw error
    } finally {
      this.served -= 1
      cancel()
      signal.removeEventListener('abort', onAbort)
    }
  }

  #talk({ onLog, onActivity }: LaunchOrder): void {
    const { talksEveryMs } = this.#conduct
    if (talksEveryMs === undefined) return
    this.#after(talksEveryMs, () => {
      if (this.#isLoaded) return
      onActivity()
      onLog('err', 'loading …')
      this.#talk({ config: this.config, onLog, onActivity })
    })
  }

  #after(delayMs: number, callback: () => void): void {
    if (delayMs === Infinity || this.#hasEnded) return
    this.#cancels.push(this.#clock.after(delayMs, callback))
  }
}

function unreachable(): Promise<Response> {
  return Promise.reject(new Error('Nobody is there'))
}
