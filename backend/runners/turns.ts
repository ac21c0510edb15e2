import { AppError } from '../errors.ts'
import { abortReason } from '../lib/abort.ts'
import { type Clock } from '../lib/clock.ts'
import { hasLetGo } from './cancel-check.ts'
import { type Instance } from './instance.ts'
import { Lease } from './lease.ts'
import { type Runner } from './runner.ts'
import { type RunnerSet } from './runner-set.ts'

interface Grant {
  readonly generation: number
  readonly waitedMs: number
  readonly resolve: (lease: Lease) => void
  readonly reject: (error: AppError) => void
}

const MOST_FAILURES = 3

/** Requests, from their place in the queue to the end that is confirmed. */
export class Turns {
  readonly #set: RunnerSet
  readonly #clock: Clock

  constructor(set: RunnerSet, clock: Clock) {
    this.#set = set
    this.#clock = clock
  }

  /** @throws AppError as `RunnerService.lease` says; the signal's reason. */
  next(runner: Runner, signal: AbortSignal, onProgress: (progress: number) => void): Promise<Lease> {
    const clock = this.#clock
    const askedAtMs = clock.nowMs()
    const stopTelling = runner.onProgress(onProgress)
    return new Promise<Lease>((resolve, reject) => {
      const onAbort = (): void => {
        leave?.()
        over()
        reject(abortReason(signal))
      }
      const over = (): void => {
        stopTelling()
        signal.removeEventListener('abort', onAbort)
      }
      signal.addEventListener('abort', onAbort, { once: true })
      let leave: (() => void) | undefined
      try {
        leave = this.#set.scheduler.ask(runner.config.id, {
          granted: (generation) => {
            over()
            const waitedMs = clock.nowMs() - askedAtMs
            this.#grant(runner, { generation, waitedMs, resolve, reject })
          },
          refused: (error) => {
            over()
            reject(error)
          },
        })
      } catch (error) {
        over()
        throw error
      }
    })
  }

  #grant(runner: Runner, { generation, waitedMs, resolve, reject }: Grant): void {
    const { instance } = runner
    runner.used()
    if (!instance) {
      this.#set.scheduler.release(runner.config.id, generation)
      reject(new AppError('engine_failed', `The runner "${runner.config.id}" has just ended; try again`))
      return
    }
    resolve(
      new Lease({
        instance,
        waitedMs,
        onGenerated: (tokens, durationMs) => {
          runner.failures = 0
          if (tokens > 0 && durationMs > 0) runner.tokensPerSecond = perSecond(tokens, durationMs)
        },
        onFailed: () => this.#doubt(runner, generation),
        onEnd: (wasCancelled) => {
          runner.used()
          if (wasCancelled) void this.#confirm(runner, instance, generation)
          else this.#set.scheduler.release(runner.config.id, generation)
        },
      }),
    )
  }

  /** It says that it is well, and answers nothing: only a new start helps. */
  #doubt(runner: Runner, generation: number): void {
    const { id } = runner.config
    runner.failures += 1
    if (runner.failures < MOST_FAILURES || this.#set.scheduler.entry(id)?.generation !== generation) return
    runner.failures = 0
    runner.log.add('note', `It failed ${MOST_FAILURES} times in a row, so it is restarted`)
    this.#set.scheduler.leave(id)
  }

  /** Its place is free again when the model has let go; if it does not, it is restarted when nobody else uses it. */
  async #confirm(runner: Runner, instance: Instance, generation: number): Promise<void> {
    const { scheduler } = this.#set
    const { id } = runner.config
    const isCurrent = (): boolean => scheduler.entry(id)?.generation === generation
    runner.checking += 1
    const others = (): number => Math.max(0, (scheduler.entry(id)?.active ?? 0) - runner.checking)
    const isFree = await hasLetGo(instance, others, this.#clock)
    runner.checking -= 1
    if (!isFree && isCurrent()) {
      runner.log.add('note', 'It goes on with a request that was broken off, so it is restarted')
      scheduler.leave(id)
    }
    scheduler.release(id, generation)
  }
}

function perSecond(tokens: number, durationMs: number): number {
  return Math.round((tokens / durationMs) * 10_000) / 10
}
