import { Channel } from '../../lib/channel.ts'

/** Does something that takes a while. @throws what went wrong; the signal's reason. */
export type Work<Progress> = (onProgress: (progress: Progress) => void, signal: AbortSignal) => Promise<void>

interface Job<Progress extends object> {
  readonly followers: Set<Channel<Progress>>
  readonly stop: AbortController
  last: Progress | undefined
  failure: { readonly error: unknown } | undefined
}

/** Work that several programs may ask for at once: it is done once, and stopped when the last of them is gone. */
export class SharedJobs<Progress extends object> {
  readonly #jobs = new Map<string, Job<Progress>>()

  /** @returns how it goes, until it is done. @throws as the work does; the signal's reason. */
  async *follow(
    key: string,
    work: Work<Progress>,
    signal: AbortSignal,
  ): AsyncGenerator<Progress, void, undefined> {
    const job = this.#jobs.get(key) ?? this.#start(key, work)
    const channel = new Channel<Progress>({ capacity: Infinity })
    if (job.last) channel.trySend(job.last)
    job.followers.add(channel)
    const leave = (): void => channel.close()
    signal.addEventListener('abort', leave, { once: true })
    try {
      yield* channel
      signal.throwIfAborted()
      if (job.failure) throw job.failure.error
    } finally {
      signal.removeEventListener('abort', leave)
      job.followers.delete(channel)
      if (job.followers.size === 0) this.#end(key, job)
    }
  }

  #start(key: string, work: Work<Progress>): Job<Progress> {
    const job: Job<Progress> = {
      followers: new Set(),
      stop: new AbortController(),
      last: undefined,
      failure: undefined,
    }
    const tell = (progress: Progress): void => {
      job.last = progress
      for (const follower of job.followers) follower.trySend(progress)
    }
    this.#jobs.set(key, job)
    // Begun when whoever asked listens.
    void Promise.resolve()
      .then(() => work(tell, job.stop.signal))
      .catch((error: unknown) => {
        job.failure = { error }
      })
      .finally(() => {
        if (this.#jobs.get(key) === job) this.#jobs.delete(key)
        for (const follower of job.followers) follower.close()
      })
    return job
  }

  /** Without effect on work that is done. */
  #end(key: string, job: Job<Progress>): void {
    if (this.#jobs.get(key) !== job) return
    this.#jobs.delete(key)
    job.stop.abort(new Error('Nobody waits for it any more'))
  }
}
