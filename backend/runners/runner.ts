import { type RunnerInfo } from '#shared/entities.ts'
import { type AppError } from '../errors.ts'
import { type Clock } from '../lib/clock.ts'
import { type ModelConfig, offersOf } from './config/model-config.ts'
import { type Instance, type Launcher } from './instance.ts'
import { CrashHistory } from './process/crash-history.ts'
import { LogRing } from './process/log-ring.ts'
import { RunnerProcess } from './process/runner-process.ts'
import { expiresAtMs } from './scheduler/decide.ts'
import { type Entry } from './scheduler/entry.ts'

export interface RunnerOptions {
  readonly launcher: Launcher
  readonly clock: Clock
  readonly changed: (runner: Runner) => void
  /** Whether it is answering somebody. */
  readonly isBusy: (runner: Runner) => boolean
  /** @param restsUntilMs it is not to be started again before. */
  readonly crashed: (runner: Runner, error: AppError, restsUntilMs: number | undefined) => void
}

const PROGRESS_EVERY_MS = 500
/** What is only estimated never says that it is done. */
const MOST_ESTIMATED = 0.95
const MEMORY_FRESH_MS = 2_000

/** One runner: its settings, its process, its log, and what is known of how it does. */
export class Runner {
  readonly log: LogRing
  config: ModelConfig
  /** To be adopted as soon as nothing runs with the old ones. */
  nextConfig: ModelConfig | undefined
  isRemoved = false
  /** Leases whose end is not yet confirmed. */
  checking = 0
  /** Requests in a row that it could not answer. */
  failures = 0
  tokensPerSecond: number | undefined
  memoryEstimateBytes: number | undefined
  readonly #options: RunnerOptions
  readonly #listeners = new Set<(progress: number) => void>()
  readonly #process: RunnerProcess
  #crashes: CrashHistory
  #restarts = 0
  #hasRun = false
  #startedAt: Date | undefined
  #startMs = 0
  #lastLoadMs: number | undefined
  #progress: number | undefined
  #memory: { readonly atMs: number; readonly bytes: number | undefined } = {
    atMs: -Infinity,
    bytes: undefined,
  }
  #lastUsedAt: Date | undefined

  constructor(config: ModelConfig, options: RunnerOptions) {
    this.config = config
    this.#options = options
    this.log = new LogRing(() => options.clock.date())
    this.#crashes = new CrashHistory(config.max_crashes)
    const { launcher, clock, crashed, isBusy } = options
    this.#process = new RunnerProcess({
      config: () => this.config,
      launcher,
      clock,
      log: this.log,
      isBusy: () => isBusy(this),
      onProgress: (progress) => this.#tell(progress),
      onCrash: (error) => crashed(this, error, this.failed()),
    })
  }

  get instance(): Instance | undefined {
    return this.#process.instance
  }

  /** As measured, or undefined; asks anew if that is long ago. */
  get memoryBytes(): number | undefined {
    const { instance } = this
    if (!instance) return undefined
    const nowMs = this.#options.clock.nowMs()
    if (nowMs - this.#memory.atMs > MEMORY_FRESH_MS) {
      this.#memory = { ...this.#memory, atMs: nowMs }
      void this.#measure(instance)
    }
    return this.#memory.bytes
  }

  /** From the next start on it runs with these settings. */
  adopt(config: ModelConfig): void {
    if (config.max_crashes !== this.config.max_crashes) this.#crashes = new CrashHistory(config.max_crashes)
    this.config = config
    this.nextConfig = undefined
  }

  /** @throws AppError with the end of its log. */
  async start(): Promise<void> {
    const { clock } = this.#options
    if (this.#hasRun) this.#restarts += 1
    this.#hasRun = true
    this.#startMs = clock.nowMs()
    this.#startedAt = undefined
    const stopTicking = this.#tick()
    try {
      await this.#process.start()
      this.#lastLoadMs = clock.nowMs() - this.#startMs
      this.#startedAt = clock.date()
    } finally {
      stopTicking()
      this.#progress = undefined
    }
  }

  stop(graceMs?: number): Promise<void> {
    return this.#process.stop(graceMs)
  }

  /** A start or a run has failed. @returns until when it is left alone, if that happened too often. */
  failed(): number | undefined {
    return this.#crashes.crashed(this.#options.clock.nowMs())
  }

  forgive(): void {
    this.#crashes.forget()
  }

  used(): void {
    this.#lastUsedAt = this.#options.clock.date()
  }

  /** @returns how to stop listening. */
  onProgress(listener: (progress: number) => void): () => void {
    this.#listeners.add(listener)
    if (this.#progress !== undefined) listener(this.#progress)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  info(entry: Readonly<Entry>): RunnerInfo {
    const { config, instance, tokensPerSecond, memoryBytes } = this
    const { clock } = this.#options
    const isoIn = (atMs: number): string =>
      new Date(clock.date().getTime() + atMs - clock.nowMs()).toISOString()
    const expiryMs = expiresAtMs(entry)
    const rests = entry.phase === 'stopped' && entry.restsUntilMs > clock.nowMs()
    const error = entry.error ?? entry.refusal
    const hasFailed = entry.phase === 'stopped' && error !== undefined
    return {
      id: config.id,
      kind: config.kind,
      offers: [...offersOf(config)],
      aliases: config.aliases,
      state: hasFailed ? 'failed' : entry.phase,
      error: error?.message,
      retry_at: rests ? isoIn(entry.restsUntilMs) : undefined,
      progress: entry.phase === 'starting' ? this.#progress : undefined,
      pid: instance?.pid,
      started_at: instance && this.#startedAt?.toISOString(),
      last_used_at: this.#lastUsedAt?.toISOString(),
      expires_at: Number.isFinite(expiryMs) ? isoIn(expiryMs) : undefined,
      memory_budget_bytes: entry.limits.memoryBytes || undefined,
      memory_bytes: memoryBytes,
      tokens_per_second: tokensPerSecond,
      model_file: config.kind === 'command' ? undefined : config.model,
      is_pinned: entry.isPinned,
      active: entry.active,
      queued: entry.waiting.length,
      max_parallel: config.parallel,
      restarts: this.#restarts,
    }
  }

  async #measure(instance: Instance): Promise<void> {
    const bytes = await instance.memoryBytes()
    this.#memory = { ...this.#memory, bytes }
  }

  /** Where it does not tell, the last load says how long this one takes. */
  #tick(): () => void {
    const { clock } = this.#options
    this.#tell(0)
    let cancel: (() => void) | undefined
    const next = (): void => {
      cancel = clock.after(PROGRESS_EVERY_MS, () => {
        const share = this.#lastLoadMs && (clock.nowMs() - this.#startMs) / this.#lastLoadMs
        if (share !== undefined) this.#tell(Math.min(MOST_ESTIMATED, share))
        next()
      })
    }
    next()
    return () => cancel?.()
  }

  #tell(progress: number): void {
    if (this.#progress !== undefined && progress <= this.#progress) return
    this.#progress = progress
    for (const listener of this.#listeners) listener(progress)
    this.#options.changed(this)
  }
}
