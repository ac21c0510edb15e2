import { type Worker } from 'node:worker_threads'
import { AppError } from '../../../errors.ts'
import { abortReason } from '../../../lib/abort.ts'
import { type Clock } from '../../../lib/clock.ts'
import { deferred, type Deferred } from '../../../lib/deferred.ts'

/** What a worker posts for each message it gets: exactly one of the two. */
export interface WorkerAnswer<Result = unknown> {
  readonly value?: Result
  readonly fault?: string
}

export interface WorkerPoolOptions {
  /** As error sentences name it. */
  readonly name: string
  readonly size: number
  readonly start: () => Worker
  readonly clock: Clock
  /** A job that takes longer has hung: its worker is replaced. */
  readonly jobTimeoutMs: number
  /** A job that nobody waits for any more may go on this long before its worker is replaced. */
  readonly abandonedTimeoutMs: number
}

interface Job<Request, Result> {
  readonly request: Request
  readonly done: Deferred<Result>
}

/** A place in the pool. Its worker is started when first needed and again after it died. */
interface Slot<Request, Result> {
  worker?: Worker
  job?: Job<Request, Result>
  cancelDeadline?: () => void
}

/**
 * Worker threads that each do one job at a time, first come, first served. A job cannot be interrupted: when its
 * signal aborts, its promise rejects at once, and what the worker still delivers is dropped.
 */
export class WorkerPool<Request, Result> implements AsyncDisposable {
  readonly #options: WorkerPoolOptions
  readonly #slots: Slot<Request, Result>[]
  readonly #waiting: Job<Request, Result>[] = []
  readonly #ending = new Set<Promise<unknown>>()
  #isDisposed = false

  constructor(options: WorkerPoolOptions) {
    this.#options = options
    this.#slots = Array.from({ length: options.size }, () => ({}))
  }

  /**
   * @throws the signal's reason, if it aborts first.
   * @throws AppError `engine_failed` if the job fails or its worker dies, `engine_timeout` if it hangs.
   */
  async run(request: Request, signal: AbortSignal): Promise<Result> {
    if (signal.aborted) throw abortReason(signal)
    if (this.#isDisposed) throw this.#closed()
    const job: Job<Request, Result> = { request, done: deferred() }
    const onAbort = (): void => this.#abandon(job, abortReason(signal))
    signal.addEventListener('abort', onAbort, { once: true })
    this.#waiting.push(job)
    this.#dispatch()
    try {
      return await job.done.promise
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true
    for (const job of this.#waiting.splice(0)) job.done.reject(this.#closed())
    for (const slot of this.#slots) this.#retire(slot, this.#closed())
    await Promise.all(this.#ending)
  }

  #dispatch(): void {
    for (let slot = this.#freeSlot(); slot && !this.#isDisposed; slot = this.#freeSlot()) {
      const job = this.#waiting.shift()
      if (!job) return
      this.#give(slot, job)
    }
  }

  /** Rather one whose worker is running already. */
  #freeSlot(): Slot<Request, Result> | undefined {
    const free = this.#slots.filter(({ job }) => !job)
    return free.find(({ worker }) => worker) ?? free[0]
  }

  #give(slot: Slot<Request, Result>, job: Job<Request, Result>): void {
    slot.job = job
    slot.worker ??= this.#startWorker(slot)
    this.#setDeadline(slot, this.#options.jobTimeoutMs)
    slot.worker.postMessage(job.request)
  }

  #startWorker(slot: Slot<Request, Result>): Worker {
    const worker = this.#options.start()
    const isCurrent = (): boolean => slot.worker === worker
    worker.on('message', (answer: WorkerAnswer<Result>) => {
      if (isCurrent()) this.#finish(slot, answer)
    })
    const onDeath = (cause: unknown): void => {
      if (isCurrent()) this.#retire(slot, this.#failure('stopped unexpectedly', cause))
      this.#dispatch()
    }
    worker.on('error', onDeath)
    worker.on('messageerror', onDeath)
    worker.on('exit', onDeath)
    return worker
  }

  #finish(slot: Slot<Request, Result>, { value, fault }: WorkerAnswer<Result>): void {
    const job = this.#release(slot)
    if (value === undefined) job?.done.reject(this.#failure('could not speak this', fault))
    else job?.done.resolve(value)
    this.#dispatch()
  }

  #abandon(job: Job<Request, Result>, reason: Error): void {
    const place = this.#waiting.indexOf(job)
    if (place >= 0) this.#waiting.splice(place, 1)
    const slot = this.#slots.find((candidate) => candidate.job === job)
    if (slot) this.#setDeadline(slot, this.#options.abandonedTimeoutMs)
    job.done.reject(reason)
  }

  #setDeadline(slot: Slot<Request, Result>, delayMs: number): void {
    slot.cancelDeadline?.()
    slot.cancelDeadline = this.#options.clock.after(delayMs, () => {
      this.#retire(slot, new AppError('engine_timeout', `The ${this.#options.name} took too long: try again`))
      this.#dispatch()
    })
  }

  #release(slot: Slot<Request, Result>): Job<Request, Result> | undefined {
    const { job } = slot
    slot.cancelDeadline?.()
    delete slot.cancelDeadline
    delete slot.job
    return job
  }

  /** Ends the worker of a slot; the next job starts another. */
  #retire(slot: Slot<Request, Result>, error: AppError): void {
    const { worker } = slot
    delete slot.worker
    this.#release(slot)?.done.reject(error)
    if (!worker) return
    const ending = worker.terminate().finally(() => this.#ending.delete(ending))
    this.#ending.add(ending)
  }

  #failure(what: string, cause: unknown): AppError {
    return new AppError('engine_failed', `The ${this.#options.name} ${what}: try again`, { cause })
  }

  #closed(): AppError {
    return new AppError('engine_unavailable', `The ${this.#options.name} is closed: restart the server`)
  }
}
