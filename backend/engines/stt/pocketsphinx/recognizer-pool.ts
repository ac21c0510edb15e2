import { type ChildProcess } from 'node:child_process'
import { AppError } from '../../../errors.ts'
import { type Clock } from '../../../lib/clock.ts'
import { RecognizerProcess } from './recognizer-process.ts'

export interface PoolOptions {
  readonly clock: Clock
  readonly start: () => ChildProcess
  /** How many children there may be at once. */
  readonly maxProcesses: number
}

/**
 * All recogniser children. A session has one of its own, so that a crash hits nobody else and no decoder adapts
 * to two speakers; loading takes most of a second, so one is kept ready for the next session.
 */
export class RecognizerPool implements AsyncDisposable {
  readonly #options: PoolOptions
  readonly #processes = new Set<RecognizerProcess>()
  #spare: RecognizerProcess | undefined
  #brokenReason: string | undefined
  #isDisposed = false

  constructor(options: PoolOptions) {
    this.#options = options
  }

  /** Why the last child could not load its decoder; undefined if it could. */
  get brokenReason(): string | undefined {
    return this.#brokenReason
  }

  /** Makes sure that one child waits for the next session, if there may be another. */
  prepare(): void {
    if (this.#isDisposed || this.#spare?.isAlive || this.#isFull) return
    this.#spare = this.#start()
  }

  /**
   * A child of the caller's own: the one kept ready, or a new one. If there are too many, the one that has been
   * idle for longest is ended, and its session takes another when it needs it.
   * @throws AppError `engine_rate_limited` if all are busy.
   */
  take(): RecognizerProcess {
    if (this.#isDisposed) throw new AppError('engine_unavailable', 'The speech recogniser is shut down')
    const spare = this.#spare
    this.#spare = undefined
    if (spare?.isAlive) return spare
    if (this.#isFull) this.#endIdlest()
    return this.#start()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true
    await Promise.all([...this.#processes].map((process) => process[Symbol.asyncDispose]()))
  }

  get #isFull(): boolean {
    return this.#processes.size >= this.#options.maxProcesses
  }

  #start(): RecognizerProcess {
    const process = new RecognizerProcess(this.#options.start(), this.#options.clock)
    this.#processes.add(process)
    void this.#forgetWhenGone(process)
    return process
  }

  async #forgetWhenGone(process: RecognizerProcess): Promise<void> {
    await process.exited
    this.#processes.delete(process)
    this.#brokenReason = process.brokenReason
  }

  #endIdlest(): void {
    const [idlest] = [...this.#processes]
      .filter((process) => !process.isBusy)
      .toSorted((one, other) => one.lastUsedMs - other.lastUsedMs)
    if (!idlest) {
      const count = this.#options.maxProcesses
      throw new AppError('engine_rate_limited', `All ${count} speech recognisers are busy: wait a moment`)
    }
    this.#processes.delete(idlest)
    void idlest[Symbol.asyncDispose]()
  }
}
