import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** What the generator is told to do. */
export type Job =
  /** Each connection talks and interrupts, over and over, at random moments. */
  | {
      readonly type: 'interrupt'
      readonly wsUrl: string
      readonly connections: number
      readonly interruptsEach: number
      readonly minTalkMs: number
      readonly maxTalkMs: number
    }
  /** Each connection says something, and then only listens. */
  | { readonly type: 'listen'; readonly wsUrl: string; readonly connections: number }
  /** Closes what listens. */
  | { readonly type: 'leave' }

export type Report =
  | {
      readonly type: 'interrupted'
      /** From the interruption to its acknowledgement, and to the last sound of the old turn. */
      readonly ackMs: readonly number[]
      readonly lastOldFrameMs: readonly number[]
      /** What came of an old turn behind its acknowledgement. */
      readonly stale: number
      /** The generator's own timers, 99th percentile: if it is late itself, its figures are worth nothing. */
      readonly ownLatenessMs: number
    }
  | { readonly type: 'listening' }
  | { readonly type: 'left' }

/** Clients in a process of their own, so that they do not take the server's core. */
export class Generator implements AsyncDisposable {
  readonly #child: ChildProcess

  constructor() {
    this.#child = fork(new URL('generator-process.ts', import.meta.url), { execArgv: ['--import', 'tsx'] })
  }

  async run<T extends Report['type']>(job: Job, answer: T): Promise<Extract<Report, { type: T }>> {
    const stop = new AbortController()
    const died = once(this.#child, 'exit', { signal: stop.signal }).then(() => {
      throw new Error('The load generator has died')
    })
    died.catch(() => {}) // Raced below; stopping it is no failure.
    this.#child.send(job)
    try {
      const message: Promise<Report[]> = once(this.#child, 'message')
      const [report] = await Promise.race([message, died])
      if (!report || !isOf(report, answer))
        throw new Error(`The load generator did not answer with "${answer}"`)
      return report
    } finally {
      stop.abort()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.kill()
    await exited
  }
}

function isOf<T extends Report['type']>(report: Report, type: T): report is Extract<Report, { type: T }> {
  return report.type === type
}
