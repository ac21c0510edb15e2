import { AppError } from '../../../errors.ts'
import { type Clock } from '../../../lib/clock.ts'
import { deferred, type Deferred } from '../../../lib/deferred.ts'
import { VAD_WINDOW_SAMPLES } from '../../contracts.ts'
import { type JudgeBatch } from './messages.ts'
import { MAX_BATCH_ROWS } from './silero-model.ts'

/** How long a window may wait for company: 1 ms for every four streams, which makes batches of a few rows. */
const MAX_GATHER_MS = 4
const STREAMS_PER_GATHER_MS = 4

interface Row {
  readonly type: 'row'
  readonly stream: number
  readonly window: Int16Array
  readonly judged: Deferred<number>
}

type Job = Row | { readonly type: 'close'; readonly stream: number }

/**
 * Gathers the windows of all streams into batches, one under way at a time. While one is, the next gathers; with
 * few streams open a window waits for nobody but those of the same turn of the event loop.
 */
export class Batcher implements Disposable {
  /** Since the start: windows judged, in how many batches. */
  readonly counts = { windows: 0, batches: 0 }
  readonly #judge: (batch: JudgeBatch) => Promise<Float32Array>
  readonly #clock: Clock
  readonly #jobs: Job[] = []
  #openStreams = 0
  #lastStream = 0
  #isUnderWay = false
  #cancelGathering: (() => void) | undefined
  #isDisposed = false

  constructor(options: { judge: (batch: JudgeBatch) => Promise<Float32Array>; clock: Clock }) {
    this.#judge = options.judge
    this.#clock = options.clock
  }

  /** @returns the number of a new stream; numbers are never used again. */
  open(): number {
    this.#openStreams++
    return ++this.#lastStream
  }

  /** Windows handed in before are still judged. */
  close(stream: number): void {
    this.#openStreams--
    this.#add({ type: 'close', stream })
  }

  /** @throws AppError `engine_failed` */
  judge(stream: number, window: Int16Array): Promise<number> {
    if (this.#isDisposed) return Promise.reject(shutDown())
    const judged = deferred<number>()
    this.#add({ type: 'row', stream, window: window.slice(), judged })
    return judged.promise
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true
    this.#cancelGathering?.()
    for (const row of this.#jobs.splice(0).filter(isRow)) row.judged.reject(shutDown())
  }

  #add(job: Job): void {
    if (this.#isDisposed) return
    this.#jobs.push(job)
    if (this.#isUnderWay || this.#cancelGathering) return
    this.#cancelGathering = this.#afterGathering(() => void this.#run())
  }

  #afterGathering(callback: () => void): () => void {
    const gatherMs = Math.min(MAX_GATHER_MS, Math.floor(this.#openStreams / STREAMS_PER_GATHER_MS))
    if (gatherMs > 0) return this.#clock.after(gatherMs, callback)
    const immediate = setImmediate(callback)
    return () => clearImmediate(immediate)
  }

  /** Works off what has gathered; what comes meanwhile makes the next batch. */
  async #run(): Promise<void> {
    this.#cancelGathering = undefined
    this.#isUnderWay = true
    while (this.#jobs.length > 0) await this.#runBatch(this.#jobs.splice(0, MAX_BATCH_ROWS))
    this.#isUnderWay = false
  }

  async #runBatch(jobs: readonly Job[]): Promise<void> {
    const rows = jobs.filter(isRow)
    this.counts.windows += rows.length
    this.counts.batches++
    try {
      const probabilities = await this.#judge(batchOf(jobs, rows))
      for (const [index, row] of rows.entries()) row.judged.resolve(probabilities[index] ?? 0)
    } catch (error) {
      for (const row of rows) row.judged.reject(error)
    }
  }
}

function batchOf(jobs: readonly Job[], rows: readonly Row[]): JudgeBatch {
  const samples = new Int16Array(rows.length * VAD_WINDOW_SAMPLES)
  for (const [index, row] of rows.entries()) samples.set(row.window, index * VAD_WINDOW_SAMPLES)
  const closed = jobs.flatMap((job) => (job.type === 'close' ? [job.stream] : []))
  return { streams: rows.map((row) => row.stream), samples, closed }
}

function isRow(job: Job): job is Row {
  return job.type === 'row'
}

function shutDown(): AppError {
  return new AppError('engine_failed', 'Cannot judge voice activity: the detector was shut down')
}
