import { randomBytes } from 'node:crypto'
import { type PullProgress } from '../../engines/contracts.ts'
import { toAppError } from '../../errors.ts'
import { type Clock } from '../../lib/clock.ts'
import { type Work } from '../core/shared-jobs.ts'

/** Programs ask for a while after the end how it went. */
const MAX_JOBS = 100

export interface DownloadJob {
  readonly id: string
  readonly startedAt: Date
  status: 'downloading' | 'completed' | 'failed'
  completedAt?: Date
  totalBytes?: number
  downloadedBytes: number
  /** Why it failed. */
  error?: string
}

/** Downloads that programs have begun, and ask after by their id. */
export class DownloadJobs implements Disposable {
  readonly #clock: Clock
  readonly #jobs = new Map<string, DownloadJob>()
  readonly #closed = new AbortController()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  start(work: Work<PullProgress>): DownloadJob {
    const id = `job_${randomBytes(12).toString('hex')}`
    const job: DownloadJob = {
      id,
      startedAt: this.#clock.date(),
      status: 'downloading',
      downloadedBytes: 0,
    }
    this.#jobs.set(id, job)
    for (const old of this.#jobs.keys()) {
      if (this.#jobs.size > MAX_JOBS) this.#jobs.delete(old)
    }
    void this.#run(job, work)
    return job
  }

  find(id: string): DownloadJob | undefined {
    return this.#jobs.get(id)
  }

  /** Stops what is running. */
  [Symbol.dispose](): void {
    this.#closed.abort(new Error('The server stops'))
  }

  /** Never fails: that is told by the job. */
  async #run(job: DownloadJob, work: Work<PullProgress>): Promise<void> {
    try {
      await work(({ completedBytes = 0, totalBytes }) => {
        job.downloadedBytes = completedBytes
        if (totalBytes !== undefined) job.totalBytes = totalBytes
      }, this.#closed.signal)
      job.status = 'completed'
      job.downloadedBytes = job.totalBytes ?? job.downloadedBytes
    } catch (thrown) {
      job.status = 'failed'
      job.error = toAppError(thrown).message
    }
    job.completedAt = this.#clock.date()
  }
}
