import { abortReason } from '../../lib/abort.ts'
import { type Clock, sleep } from '../../lib/clock.ts'
import { type ReplyEvent, type ReplyRequest } from '../contracts.ts'
import { type Cooldowns } from './cooldowns.ts'
import { type LlmError, llmTimeout, toLlmError } from './llm-error.ts'
import { costOf } from './model-profile.ts'
import { fitMessages } from './fit-messages.ts'
import { replyReport } from './reply-report.ts'
import { type Patience, readReply, type ReplyEnd } from './reply-stream.ts'
import { type RetryPolicy, retryDelayMs } from './retry-policy.ts'
import { type ServerLink } from './server-link.ts'
import { Watchdog } from './watchdog.ts'

/** A model that may answer. */
export interface Target {
  /** Of server and model, to tell targets apart. */
  readonly key: string
  readonly link: ServerLink
  /** Absent: the first that the server lists. */
  readonly model: string | undefined
}

export interface FallbackChainOptions {
  readonly clock: Clock
  /** 0 … 1. */
  readonly random: () => number
  readonly retry: RetryPolicy
  readonly patience: Pick<Patience, 'firstTokenMs' | 'tokenMs'>
  /** How long a model that another one stands behind may take to its first token. */
  readonly fallbackAfterMs: number
  readonly cooldowns: Cooldowns
}

/** What has happened of one reply so far. */
interface Progress {
  readonly request: ReplyRequest
  readonly signal: AbortSignal
  /** When it is too late for a first token; while a model thinks, it is not. */
  deadlineMs: number
  readonly failedModels: Set<string>
  attempts: number
}

interface Failure {
  readonly target: Target
  readonly error: LlmError
}

/**
 * Asks one model after another until one answers. A listener waits: where there is another model, nobody sleeps, and
 * only when all have failed they are asked again. Once the first word is out, a failure is the end: nothing is said
 * twice, and nothing is left out unnoticed.
 */
export class FallbackChain {
  readonly #options: FallbackChainOptions

  constructor(options: FallbackChainOptions) {
    this.#options = options
  }

  /** @param targets the one that should answer first; at least one. */
  async *reply(
    targets: readonly Target[],
    request: ReplyRequest,
    signal: AbortSignal,
  ): AsyncGenerator<ReplyEvent, void> {
    const { clock, patience } = this.#options
    const progress: Progress = {
      request,
      signal,
      deadlineMs: clock.nowMs() + patience.firstTokenMs,
      failedModels: new Set(),
      attempts: 0,
    }
    let asked = this.#rested(targets)
    for (let retry = 0; ; retry += 1) {
      const failures: Failure[] = []
      for (const [index, target] of asked.entries()) {
        const error = yield* this.#attempt(target, progress, asked.length - index)
        if (error === undefined) return
        failures.push({ target, error })
      }
      const again = this.#again(failures, retry)
      const isTooLate = again !== undefined && clock.nowMs() + again.delayMs >= progress.deadlineMs
      if (again === undefined || isTooLate) throw finalError(failures)
      await sleep(clock, again.delayMs, signal)
      asked = again.targets
    }
  }

  /** Without those that failed lately, unless all did. */
  #rested(targets: readonly Target[]): readonly Target[] {
    const rested = targets.filter(({ key }) => !this.#options.cooldowns.isCooled(key))
    return rested.length > 0 ? rested : targets
  }

  /** Which of them are worth another try, and when. */
  #again(
    failures: readonly Failure[],
    retry: number,
  ): { targets: readonly Target[]; delayMs: number } | undefined {
    const random = this.#options.random()
    const willing = failures.flatMap(({ target, error }) => {
      const delayMs = retryDelayMs(this.#options.retry, error, { retry, random })
      return delayMs === undefined ? [] : [{ target, delayMs }]
    })
    if (willing.length === 0) return undefined
    const delayMs = Math.min(...willing.map((one) => one.delayMs))
    // Whoever asked for more time than that is left alone.
    const targets = willing.filter((one) => one.delayMs <= delayMs).map(({ target }) => target)
    return { targets, delayMs }
  }

  /** @returns the failure, if another model may still answer. @throws LlmError if it is too late for that. */
  async *#attempt(
    target: Target,
    progress: Progress,
    left: number,
  ): AsyncGenerator<ReplyEvent, LlmError | undefined> {
    const { cooldowns, clock, patience } = this.#options
    const { signal } = progress
    using call = new Watchdog(clock, signal)
    let hasSpoken = false
    let hasFailed = false
    progress.attempts += 1
    try {
      for await (const event of this.#stream(target, { progress, call, left })) {
        hasSpoken ||= event.type !== 'reasoning'
        yield event
        progress.deadlineMs = Math.max(progress.deadlineMs, clock.nowMs() + patience.tokenMs)
      }
      return undefined
    } catch (thrown) {
      hasFailed = true
      if (signal.aborted) throw abortReason(signal)
      const error = explained(target.link.server.label, thrown, { call, clock })
      cooldowns.failed(target.key, error)
      progress.failedModels.add(target.model ?? target.link.chosenModel ?? 'the first model')
      if (hasSpoken || error.kind === 'cancelled') throw error
      return error
    } finally {
      // Also when the listener has heard enough.
      if (hasSpoken && !hasFailed) {
        cooldowns.succeeded(target.key)
        target.link.used()
      }
    }
  }

  async *#stream(
    { link, model }: Target,
    { progress, call, left }: { progress: Progress; call: Watchdog; left: number },
  ): AsyncGenerator<ReplyEvent, void> {
    const { random } = this.#options
    const patience = this.#patience(progress.deadlineMs, left)
    let id = model ?? link.chosenModel ?? ''
    const open = async (signal: AbortSignal) => {
      id = await link.modelFor(model, signal)
      return link.open(id, this.#fitted(link, id, progress), signal)
    }
    const { label } = link.server
    const { startsThinking } = link.info(id)
    const end: ReplyEnd = yield* readReply(open, call, { label, patience, startsThinking, random })
    const cost = costOf(end.usage, link.info(id).prices)
    yield replyReport(end, { model: id, cost, ...progress })
  }

  /** The last one has all the time that is left; before it, nobody may use up the time of the others. */
  #patience(deadlineMs: number, left: number): Patience {
    const { clock, fallbackAfterMs, patience } = this.#options
    const remainingMs = Math.max(1, deadlineMs - clock.nowMs())
    const { tokenMs } = patience
    if (left === 1) return { firstTokenMs: remainingMs, thoughtMs: tokenMs, tokenMs }
    const thoughtMs = Math.min(fallbackAfterMs, tokenMs)
    return { firstTokenMs: Math.min(fallbackAfterMs, remainingMs / left), thoughtMs, tokenMs }
  }

  /** The prompt was made for the first model; what steps in may have less room. */
  #fitted(link: ServerLink, model: string, { request, failedModels }: Progress): ReplyRequest {
    const { contextTokens } = link.info(model)
    const { model: meant = model } = request.settings
    const isMadeForIt = failedModels.size === 0 && meant === model
    if (isMadeForIt || contextTokens === undefined) return request
    return { ...request, messages: fitMessages(request.messages, contextTokens, request.settings.max_tokens) }
  }
}

function explained(
  label: string,
  thrown: unknown,
  { call, clock }: { call: Watchdog; clock: Clock },
): LlmError {
  return call.expiredAfterMs === undefined
    ? toLlmError(label, thrown, clock.date())
    : llmTimeout(label, call.expiredAfterMs)
}

/** The first one's is what there is to do something about. */
function finalError(failures: readonly Failure[]): LlmError {
  const [first, ...others] = failures
  if (!first) throw new Error('A chain of models needs at least one')
  if (others.length === 0) return first.error
  const names = others.map(({ target }) => target.model ?? 'the first model').join(', ')
  return first.error.saying(`${first.error.message}. Its fallbacks failed, too: ${names}`)
}
