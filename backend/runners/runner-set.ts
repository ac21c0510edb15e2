import { AppError, toAppError } from '../errors.ts'
import { type Clock } from '../lib/clock.ts'
import { filesOf, type ModelConfig, type RunnersFile } from './config/model-config.ts'
import { type RunnerChange } from './contract.ts'
import { type Launcher } from './instance.ts'
import { Runner } from './runner.ts'
import { needsRestart } from './config/needs-restart.ts'
import { type Limits } from './scheduler/entry.ts'
import { type Rules } from './scheduler/room.ts'
import { Scheduler } from './scheduler/scheduler.ts'

const MIB = 1024 * 1024
/** The files, and what is worked with beside them. */
const FILE_SHARE = 1.1
const NO_RULES: Rules = { memoryBytes: Infinity, maxRunning: Infinity, groups: {} }
const NO_SETTINGS: Pick<RunnersFile, 'runtimes'> = { runtimes: {} }

export interface RunnerSetOptions {
  readonly launcher: Launcher
  readonly clock: Clock
  readonly emit: (change: RunnerChange) => void
  /** How large a file is; undefined if it is not there. */
  readonly fileBytes: (path: string) => Promise<number | undefined>
}

/** The runners of the settings: what the scheduler decides is done to them, and what happens to them it is told. */
export class RunnerSet {
  readonly scheduler: Scheduler
  readonly #options: RunnerSetOptions
  readonly #runners = new Map<string, Runner>()
  #file: Pick<RunnersFile, 'runtimes'> = NO_SETTINGS

  constructor(options: RunnerSetOptions) {
    this.#options = options
    this.scheduler = new Scheduler({
      clock: options.clock,
      rules: NO_RULES,
      effects: {
        start: (id) => void this.#start(this.#of(id)),
        stop: (id) => void this.#stop(this.#of(id)),
        changed: (id) => this.changed(id),
      },
    })
  }

  get all(): readonly Runner[] {
    return [...this.#runners.values()].filter(({ isRemoved }) => !isRemoved)
  }

  /** Those that were removed and still run, too. */
  get running(): readonly Runner[] {
    return [...this.#runners.values()].filter(({ instance }) => instance !== undefined)
  }

  /** By id or alias, upper and lower case alike; an id goes before an alias. */
  find(name: string): Runner | undefined {
    const wanted = name.toLowerCase()
    const byId = this.all.find(({ config }) => config.id.toLowerCase() === wanted)
    return (
      byId ?? this.all.find(({ config }) => config.aliases.some((alias) => alias.toLowerCase() === wanted))
    )
  }

  /** What is new is there, what has changed is restarted when nobody uses it, what is gone ends then. */
  apply(file: RunnersFile): void {
    const before = this.#file
    this.#file = file
    const limit = file.memory_mib === undefined ? Infinity : file.memory_mib * MIB
    this.scheduler.setRules({
      memoryBytes: limit,
      maxRunning: file.max_running ?? Infinity,
      groups: file.groups,
    })
    const wanted = new Map(file.runners.map((config) => [config.id, config]))
    for (const runner of this.all) if (!wanted.has(runner.config.id)) this.#remove(runner)
    for (const config of wanted.values()) {
      const known = this.#runners.get(config.id)
      if (known)
        this.#change(
          known,
          config,
          needsRestart(known.nextConfig ?? known.config, config, { before, after: file }),
        )
      else this.#add(config)
    }
  }

  changed(id: string): void {
    const runner = this.#runners.get(id)
    const entry = this.scheduler.entry(id)
    if (runner && entry && !runner.isRemoved)
      this.#options.emit({ type: 'runner', runner: runner.info(entry) })
  }

  #of(id: string): Runner {
    const runner = this.#runners.get(id)
    if (!runner) throw new AppError('not_found', `There is no runner "${id}"`)
    return runner
  }

  #add(config: ModelConfig): void {
    const runner = new Runner(config, {
      launcher: this.#options.launcher,
      clock: this.#options.clock,
      changed: ({ config: { id } }) => this.changed(id),
      isBusy: ({ config: { id } }) => (this.scheduler.entry(id)?.active ?? 0) > 0,
      crashed: ({ config: { id } }, error, restsUntilMs) => this.scheduler.crashed(id, error, restsUntilMs),
    })
    this.#runners.set(config.id, runner)
    this.scheduler.add(config.id, limitsOf(runner))
    this.#setHabits(config)
    void this.#estimate(runner)
    this.changed(config.id)
  }

  #remove(runner: Runner): void {
    const { id } = runner.config
    runner.isRemoved = true
    runner.nextConfig = undefined
    this.#options.emit({ type: 'runner_gone', id })
    this.scheduler.refuseWaiting(
      id,
      new AppError('not_found', `The runner "${id}" was taken from the settings`),
    )
    this.scheduler.leave(id, () => this.#settle(runner))
  }

  #change(runner: Runner, config: ModelConfig, isRestart: boolean): void {
    const isEnding = runner.isRemoved || runner.nextConfig !== undefined
    runner.isRemoved = false
    if (!isRestart && !isEnding) {
      this.#adopt(runner, config)
      return
    }
    // Whoever changed it may have mended it.
    runner.forgive()
    this.scheduler.forgive(config.id)
    runner.nextConfig = config
    this.scheduler.leave(config.id, () => this.#settle(runner))
  }

  /** Nothing runs with the old settings any more. */
  #settle(runner: Runner): void {
    const { id } = runner.config
    if (runner.isRemoved) {
      this.#runners.delete(id)
      this.scheduler.forget(id)
    } else if (runner.nextConfig) this.#adopt(runner, runner.nextConfig)
  }

  #adopt(runner: Runner, config: ModelConfig): void {
    const before = runner.config
    runner.adopt(config)
    this.scheduler.add(config.id, limitsOf(runner))
    // What was decided by hand meanwhile stands, unless the settings say something new.
    if (before.ttl_s !== config.ttl_s || before.pinned !== config.pinned) this.#setHabits(config)
    void this.#estimate(runner)
    this.changed(config.id)
  }

  #setHabits({ id, ttl_s: ttlS, pinned }: ModelConfig): void {
    this.scheduler.keepAlive(id, ttlS === -1 ? Infinity : ttlS * 1000)
    this.scheduler.pin(id, pinned)
    if (pinned) this.scheduler.keep(id)
  }

  async #start(runner: Runner): Promise<void> {
    const { id } = runner.config
    try {
      await runner.start()
      this.scheduler.started(id)
    } catch (error) {
      // One that was stopped meanwhile has not failed.
      const isFailure = this.scheduler.entry(id)?.phase === 'starting'
      if (isFailure) this.scheduler.startFailed(id, toAppError(error), runner.failed())
    }
  }

  async #stop(runner: Runner): Promise<void> {
    await runner.stop()
    this.scheduler.stopped(runner.config.id)
  }

  /** Better than nothing, where the settings do not say what it takes. */
  async #estimate(runner: Runner): Promise<void> {
    const { config } = runner
    if (config.memory_mib !== undefined || config.kind === 'command') return
    const sizes = filesOf(config).map((path) => this.#options.fileBytes(path))
    const [bytes, ...others] = await Promise.all(sizes)
    if (bytes === undefined || runner.config !== config || this.#runners.get(config.id) !== runner) return
    const whole = others.reduce<number>((sum, size = 0) => sum + size, bytes)
    runner.memoryEstimateBytes = Math.ceil(whole * FILE_SHARE)
    this.scheduler.add(config.id, limitsOf(runner))
  }
}

function limitsOf({ config, memoryEstimateBytes }: Runner): Limits {
  const declared = config.memory_mib === undefined ? memoryEstimateBytes : config.memory_mib * MIB
  return {
    parallel: config.parallel,
    maxQueue: config.max_queue,
    memoryBytes: declared ?? 0,
    group: config.group,
  }
}
