import { type Worker } from 'node:worker_threads'
import { AppError } from '../../../errors.ts'
import { type Clock } from '../../../lib/clock.ts'
import { deferred, type Deferred } from '../../../lib/deferred.ts'
import { type FromWorker, type JudgeBatch } from './messages.ts'

/** A thread that dies is started again by the next batch, but not more often than this. */
const RESTART_PAUSE_MS = 1000
/** No batch takes this long, not even one that waits for a cold start. */
const BATCH_DEADLINE_MS = 10_000

interface Running {
  readonly worker: Worker
  readonly ready: Deferred<void>
  isReady: boolean
  answer: Deferred<Float32Array> | undefined
}

/** The thread of the model: one batch at a time in, its probabilities out; started again when it has died. */
export class SileroThread implements AsyncDisposable {
  readonly #start: () => Worker
  readonly #clock: Clock
  #running: Running | undefined
  #lastStartMs = -Infinity
  /** Settles when the thread given up last is gone. */
  #ended: Promise<unknown> = Promise.resolve()
  #isDisposed = false

  constructor(options: { start: () => Worker; clock: Clock }) {
    this.#start = options.start
    this.#clock = options.clock
  }

  get isReady(): boolean {
    return this.#running?.isReady ?? false
  }

  /** Starts the thread. @throws AppError `engine_failed` if it dies before the model is loaded. */
  ready(): Promise<void> {
    return this.#alive().ready.promise
  }

  /**
   * @returns one probability per window. Call again only after it settled.
   * @throws AppError `engine_failed` if the thread died, or is dead and may not be started again yet.
   */
  async judge(batch: JudgeBatch): Promise<Float32Array> {
    const running = this.#alive()
    const answer = deferred<Float32Array>()
    running.answer = answer
    const cancel = this.#clock.after(BATCH_DEADLINE_MS, () => this.#bury(running, 'it does not answer'))
    running.worker.postMessage(batch, [batch.samples.buffer])
    try {
      return await answer.promise
    } finally {
      cancel()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true
    if (this.#running) this.#bury(this.#running, 'it was shut down')
    await this.#ended
  }

  #alive(): Running {
    if (this.#running) return this.#running
    const nowMs = this.#clock.nowMs()
    if (this.#isDisposed) throw failure('it was shut down')
    if (nowMs - this.#lastStartMs < RESTART_PAUSE_MS) throw failure('it is about to be started again')
    this.#lastStartMs = nowMs
    const running: Running = {
      worker: this.#start(),
      ready: deferred(),
      isReady: false,
      answer: undefined,
    }
    running.ready.promise.catch(() => undefined)
    running.worker
      .on('message', (message: FromWorker) => this.#hear(running, message))
      .on('error', (error: unknown) => this.#bury(running, 'its thread died', error))
      .on('exit', () => this.#bury(running, 'its thread ended'))
    this.#running = running
    return running
  }

  #hear(running: Running, message: FromWorker): void {
    if (message.type === 'ready') {
      running.isReady = true
      running.ready.resolve()
    } else {
      running.answer?.resolve(message.probabilities)
      running.answer = undefined
    }
  }

  #bury(running: Running, reason: string, cause?: unknown): void {
    if (this.#running === running) this.#running = undefined
    running.ready.reject(failure(reason, cause))
    running.answer?.reject(failure(reason, cause))
    running.answer = undefined
    this.#ended = running.worker.terminate()
  }
}

function failure(reason: string, cause?: unknown): AppError {
  return new AppError('engine_failed', `Cannot judge voice activity with Silero: ${reason}`, { cause })
}
