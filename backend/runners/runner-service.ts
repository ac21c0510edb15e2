import {
  type Download,
  type ModelFileInfo,
  type RunnerInfo,
  type RunnerLogLine,
  type RunnerOverview,
} from '#shared/entities.ts'
import { AppError } from '../errors.ts'
import { abortReason } from '../lib/abort.ts'
import { type Clock } from '../lib/clock.ts'
import { allParts } from '../lib/gguf/parts.ts'
import { sizeOfModel } from './files/size-of-model.ts'
import { type RunnersFile } from './config/model-config.ts'
import { type Downloads, type RunnerChange, type RunnerLease, type RunnerService } from './contract.ts'
import { usesModel } from './files/files-of-runner.ts'
import { type Launcher } from './instance.ts'
import { type Runner } from './runner.ts'
import { RunnerSet } from './runner-set.ts'
import { Turns } from './turns.ts'

export interface RunnerServiceOptions {
  readonly settings: RunnerSettings
  readonly launcher: Launcher
  readonly clock: Clock
  readonly files: RunnerFiles
  readonly openDownloads: (onChange: (download: Download) => void) => Downloads & AsyncDisposable
  /** A listener to changes failed. */
  readonly onDefect: (error: unknown) => void
  readonly fileBytes?: (path: string) => Promise<number | undefined>
}

/** Where the settings of runners come from. */
export interface RunnerSettings {
  readonly current: RunnersFile
  /** @returns how to stop listening. */
  onChange(listener: (file: RunnersFile) => void): () => void
}

/** Models on the disk. */
export interface RunnerFiles {
  list(signal: AbortSignal): Promise<readonly ModelFileInfo[]>
  disk(): Promise<{ readonly usedBytes: number; readonly freeBytes?: number }>
  /** @throws AppError `not_found`, `invalid`, `storage_failed` */
  delete(path: string, signal: AbortSignal): Promise<void>
}

/** Whoever stops the server does not wait as long as a runner might take. */
const LAST_GRACE_MS = 2_000
const DISK_FRESH_MS = 5_000
/** Started by hand, it does not end at once for want of requests. */
const TRY_OUT_MS = 300_000
const MIB = 1024 * 1024

export class ManagedRunners implements RunnerService {
  readonly downloads: Downloads & AsyncDisposable
  readonly #options: RunnerServiceOptions
  readonly #set: RunnerSet
  readonly #turns: Turns
  readonly #listeners = new Set<(change: RunnerChange) => void>()
  readonly #stopListening: () => void
  #disk: { readonly usedBytes: number; readonly freeBytes?: number } = { usedBytes: 0 }
  #diskAtMs = -Infinity
  #isClosed = false

  constructor(options: RunnerServiceOptions) {
    const { settings, launcher, clock, openDownloads, fileBytes = sizeOfModel } = options
    this.#options = options
    this.downloads = openDownloads((download) => this.#emit({ type: 'download', download }))
    this.#set = new RunnerSet({ launcher, clock, fileBytes, emit: (change) => this.#emit(change) })
    this.#turns = new Turns(this.#set, clock)
    this.#set.apply(settings.current)
    this.#stopListening = settings.onChange((file) => this.#set.apply(file))
  }

  overview(): RunnerOverview {
    const { settings } = this.#options
    const runners = this.#set.all.map((runner) => this.#info(runner))
    const used = this.#set.running.map(({ memoryBytes }) => memoryBytes ?? 0)
    const { memory_mib: budgetMib } = settings.current
    const { usedBytes, freeBytes } = this.#diskUse()
    return {
      runners,
      memory_used_bytes: used.reduce((sum, bytes) => sum + bytes, 0),
      disk_used_bytes: usedBytes,
      ...(budgetMib === undefined ? {} : { memory_budget_bytes: budgetMib * MIB }),
      ...(freeBytes === undefined ? {} : { disk_free_bytes: freeBytes }),
    }
  }

  find(name: string): RunnerInfo | undefined {
    const runner = this.#set.find(name)
    return runner && this.#info(runner)
  }

  async lease(
    id: string,
    signal: AbortSignal,
    onProgress: (progress: number) => void = () => {},
  ): Promise<RunnerLease> {
    if (signal.aborted) throw abortReason(signal)
    if (this.#isClosed) throw closedError()
    const lease = await this.#turns.next(this.#named(id), signal, onProgress)
    if (!signal.aborted) return lease
    lease[Symbol.dispose]()
    throw abortReason(signal)
  }

  async start(id: string, signal: AbortSignal): Promise<void> {
    const runner = this.#named(id)
    const { scheduler } = this.#set
    runner.forgive()
    scheduler.forgive(runner.config.id)
    if (scheduler.entry(runner.config.id)?.keepAliveMs === 0)
      scheduler.keepAlive(runner.config.id, TRY_OUT_MS)
    const lease = await this.lease(id, signal)
    lease[Symbol.dispose]()
  }

  async stop(id: string): Promise<void> {
    const { config } = this.#named(id)
    const { scheduler } = this.#set
    scheduler.refuseWaiting(
      config.id,
      new AppError('engine_unavailable', `The runner "${config.id}" was stopped`),
    )
    const cancel = this.#options.clock.after(config.drain_s * 1000, () => scheduler.abandon(config.id))
    await new Promise<void>((resolve) => scheduler.leave(config.id, resolve))
    cancel()
  }

  pin(id: string, isPinned: boolean): Promise<void> {
    this.#set.scheduler.pin(this.#named(id).config.id, isPinned)
    return Promise.resolve()
  }

  keepAlive(id: string, ms: number): void {
    this.#set.scheduler.keepAlive(this.#named(id).config.id, ms)
  }

  logs(id: string, signal: AbortSignal): AsyncIterable<RunnerLogLine> {
    return this.#named(id).log.follow(signal)
  }

  async files(signal: AbortSignal): Promise<readonly ModelFileInfo[]> {
    const files = await this.#options.files.list(signal)
    return files.map((file) => {
      const user = this.#set.all.find(({ config }) => config.kind !== 'command' && config.model === file.path)
      return user ? { ...file, runner_id: user.config.id } : file
    })
  }

  async deleteFile(path: string, signal: AbortSignal): Promise<void> {
    const { all, running, scheduler } = this.#set
    for (const { config } of new Set([...all, ...running])) {
      const isUp = scheduler.entry(config.id)?.phase !== 'stopped'
      if (!isUp || !(await usesModel(config, path))) continue
      throw new AppError('conflict', `The runner "${config.id}" is using that model: stop it first`)
    }
    const isOnItsWay = this.downloads
      .list()
      .some((download) => download.state === 'running' && allParts(download.path).includes(path))
    if (isOnItsWay) throw new AppError('conflict', 'That model is being downloaded: cancel that first')
    await this.#options.files.delete(path, signal)
    this.#diskAtMs = -Infinity
  }

  onChange(listener: (change: RunnerChange) => void): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    this.#stopListening()
    const { scheduler, all, running } = this.#set
    scheduler.close(closedError())
    await Promise.all(
      [...new Set([...all, ...running])].map(async (runner) =>
        runner.stop(Math.min(LAST_GRACE_MS, runner.config.stop_grace_s * 1000)),
      ),
    )
    await this.downloads[Symbol.asyncDispose]()
    this.#listeners.clear()
  }

  #named(name: string): Runner {
    const runner = this.#set.find(name)
    if (runner) return runner
    const known = this.#set.all.map(({ config }) => config.id).join(', ') || 'none'
    throw new AppError('not_found', `There is no runner "${name}"; the runners file has: ${known}`)
  }

  #info(runner: Runner): RunnerInfo {
    const entry = this.#set.scheduler.entry(runner.config.id)
    if (!entry) throw new AppError('not_found', `There is no runner "${runner.config.id}"`)
    return runner.info(entry)
  }

  #diskUse(): { readonly usedBytes: number; readonly freeBytes?: number } {
    const nowMs = this.#options.clock.nowMs()
    if (nowMs - this.#diskAtMs > DISK_FRESH_MS) {
      this.#diskAtMs = nowMs
      this.#lookAtDisk().catch(this.#options.onDefect)
    }
    return this.#disk
  }

  async #lookAtDisk(): Promise<void> {
    this.#disk = await this.#options.files.disk()
  }

  #emit(change: RunnerChange): void {
    for (const listener of this.#listeners) {
      try {
        listener(change)
      } catch (error) {
        this.#options.onDefect(error)
      }
    }
  }
}

function closedError(): AppError {
  return new AppError('engine_unavailable', 'The runners are closed: restart the server')
}
