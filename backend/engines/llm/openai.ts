import { type EngineStatus } from '#shared/entities.ts'
import { abortable, abortReason } from '../../lib/abort.ts'
import { type Clock } from '../../lib/clock.ts'
import {
  type Embedded,
  type EmbedRequest,
  type LanguageModel,
  type ModelProfile,
  type PullProgress,
  type ReplyEvent,
  type ReplyRequest,
} from '../contracts.ts'
import { Cooldowns } from './cooldowns.ts'
import { isOllama } from './discovery-ollama.ts'
import { embedAt } from './embeddings.ts'
import { FallbackChain } from './fallback-chain.ts'
import { LlmError, llmTimeout, toLlmError } from './llm-error.ts'
import { type ModelOverride } from './model-info.ts'
import { type OllamaOptions } from './ollama-client.ts'
import { pullFromOllama } from './pull-model.ts'
import { NO_RETRIES, type RetryPolicy } from './retry-policy.ts'
import { type ServerLink } from './server-link.ts'
import { ServerPool } from './server-pool.ts'
import { type FallbackModel, Targets } from './targets.ts'
import { Watchdog } from './watchdog.ts'

export interface OpenAiModelOptions {
  /** Ends before `/chat/completions`, e.g. `http://localhost:11434/v1`. */
  readonly baseUrl: string
  readonly apiKey?: string | undefined
  /** Reaches the first server where an address alone does not. */
  readonly fetch?: typeof fetch | undefined
  /** Absent: the first model the server lists. */
  readonly model?: string | undefined
  /** Who answers when it cannot, in this order. */
  readonly fallbacks?: readonly FallbackModel[]
  /** What is configured of single models. */
  readonly models?: readonly ModelOverride[]
  /** Of the first server's models that are not configured one by one. */
  readonly contextTokens?: number | undefined
  readonly ollama?: OllamaOptions & { readonly pullsMissing?: boolean | undefined }
  readonly clock: Clock
  /** 0 … 1. */
  readonly random?: () => number
  /** Absent: none. */
  readonly retry?: RetryPolicy
  /** For all models and tries of a reply together. Generous by default: a local server loads its model first. */
  readonly firstTokenTimeoutMs?: number
  readonly tokenTimeoutMs?: number
  /** How long a model that another one stands behind may take to its first token. */
  readonly fallbackAfterMs?: number
  /** How long a model that fails is left out. */
  readonly cooldownMs?: number
}

/** Talks to any OpenAI-compatible server: Ollama, LM Studio, llama.cpp, vLLM, OpenRouter, OpenAI. */
export function createOpenAiModel(options: OpenAiModelOptions): LanguageModel {
  return new OpenAiModel(options)
}

class OpenAiModel implements LanguageModel {
  readonly name = 'openai'
  readonly #clock: Clock
  readonly #pool: ServerPool
  readonly #targets: Targets
  readonly #cooldowns: Cooldowns
  readonly #chain: FallbackChain
  readonly #embeddingTimeoutMs: number
  readonly #calls = new Set<Watchdog>()
  #isClosed = false

  constructor(options: OpenAiModelOptions) {
    const { clock, models = [], ollama = {}, contextTokens, fallbacks = [] } = options
    this.#clock = clock
    this.#embeddingTimeoutMs = options.firstTokenTimeoutMs ?? 60_000
    this.#pool = new ServerPool({ clock, models, ollama, contextTokens })
    this.#targets = new Targets(this.#pool, { ...options, fallbacks })
    this.#cooldowns = new Cooldowns(clock, options.cooldownMs ?? 30_000)
    this.#chain = new FallbackChain({
      clock,
      cooldowns: this.#cooldowns,
      random: options.random ?? Math.random,
      retry: options.retry ?? NO_RETRIES,
      fallbackAfterMs: options.fallbackAfterMs ?? 8_000,
      patience: {
        firstTokenMs: options.firstTokenTimeoutMs ?? 60_000,
        tokenMs: options.tokenTimeoutMs ?? 20_000,
      },
    })
    for (const link of this.#pool.links) void this.#lookAround(link)
  }

  status(): EngineStatus {
    const { first, fallbacks } = this.#targets
    const model = first.model ?? first.link.chosenModel ?? 'the first model'
    const notes = [first, ...fallbacks].flatMap(({ key, model: id = model, link }) => {
      const trouble = link.pulls.state(id) ?? this.#cooldowns.reason(key)
      return trouble === undefined ? [] : [`${id}: ${trouble}`]
    })
    const behind = fallbacks.map((fallback) => fallback.model).join(', ')
    const parts = [
      `${model} at ${first.link.server.shownUrl}`,
      ...(behind === '' ? [] : [`then ${behind}`]),
      ...notes,
    ]
    return { name: this.name, ready: !this.#isClosed, detail: parts.join('; ') }
  }

  profile(model?: string): ModelProfile {
    const targets = this.#targets.inOrder(model)
    const answering = targets.find(({ key }) => !this.#cooldowns.isCooled(key))
    const target = (model === undefined ? answering : targets[0]) ?? this.#targets.first
    if (!this.#isClosed) target.link.models.refresh()
    return target.link.profile(target.model ?? target.link.chosenModel ?? '')
  }

  async listModels(signal: AbortSignal): Promise<readonly ModelProfile[]> {
    const [first, ...others] = this.#pool.links
    if (!first || this.#isClosed) throw this.#closedError()
    const asked = await abortable(
      Promise.allSettled([first, ...others].map((link) => link.models.ask())),
      signal,
    )
    const [refusal] = asked
    if (refusal?.status === 'rejected') throw refusal.reason
    const profiles = [first, ...others].flatMap((link) =>
      link.models.models.map(({ id }) => link.profile(id)),
    )
    return [...new Map(profiles.toReversed().map((profile) => [profile.id, profile])).values()].toReversed()
  }

  embeddingModels(): readonly string[] {
    return [...new Set(this.#pool.links.flatMap(({ models }) => models.known?.others ?? []))]
  }

  async pullModel(
    name: string,
    onProgress: (progress: PullProgress) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { server, models } = this.#targets.first.link
    using call = this.#begin(signal)
    try {
      if (!(await isOllama(server, call.signal))) throw notOllama(server.label)
      await pullFromOllama(server, { name, onProgress, signal: call.signal })
    } catch (error) {
      throw this.#explained(error, signal, server.label)
    } finally {
      this.#calls.delete(call)
    }
    models.expire()
    models.refresh()
  }

  async embed(request: EmbedRequest, signal: AbortSignal): Promise<Embedded> {
    if (signal.aborted) throw abortReason(signal)
    const [target = this.#targets.first] = this.#targets.inOrder(request.model)
    const { link } = target
    using call = this.#begin(signal)
    try {
      if (this.#isClosed) throw this.#closedError()
      const model = await link.modelFor(target.model, call.signal)
      call.expect(this.#embeddingTimeoutMs)
      return await embedAt(link.server, { ...request, model }, call.signal)
    } catch (error) {
      if (call.expiredAfterMs !== undefined) throw llmTimeout(link.server.label, call.expiredAfterMs)
      throw this.#explained(error, signal, link.server.label)
    } finally {
      this.#calls.delete(call)
    }
  }

  async *streamReply(request: ReplyRequest, signal: AbortSignal): AsyncGenerator<ReplyEvent, void> {
    if (signal.aborted) throw abortReason(signal)
    using call = this.#begin(signal)
    try {
      if (this.#isClosed) throw this.#closedError()
      yield* this.#chain.reply(this.#targets.inOrder(request.settings.model), request, call.signal)
    } catch (error) {
      throw this.#explained(error, signal, this.#targets.first.link.server.label)
    } finally {
      this.#calls.delete(call)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    for (const call of this.#calls) call.stop()
    await this.#pool[Symbol.asyncDispose]()
  }

  #begin(signal: AbortSignal): Watchdog {
    const call = new Watchdog(this.#clock, signal)
    this.#calls.add(call)
    if (this.#isClosed) call.stop()
    return call
  }

  /** What there is to know is known when the first reply is asked for; what is missing is on its way. */
  async #lookAround({ models }: ServerLink): Promise<void> {
    try {
      await models.ask()
    } catch {
      return // It is asked again when somebody wants to know.
    }
    for (const { link, model } of this.#targets.inOrder(undefined)) {
      if (model !== undefined && link.models === models) link.fetchIfMissing(model)
    }
  }

  #explained(error: unknown, signal: AbortSignal, label: string): Error {
    if (signal.aborted) return abortReason(signal)
    return this.#isClosed ? this.#closedError(error) : toLlmError(label, error, this.#clock.date())
  }

  #closedError(cause?: unknown): LlmError {
    const message = `The ${this.#targets.first.link.server.label} is closed`
    return new LlmError({ kind: 'cancelled', code: 'engine_unavailable', message, cause })
  }
}

function notOllama(label: string): LlmError {
  const message = `The ${label} is not Ollama: only Ollama fetches models, load it there by its own means`
  return new LlmError({ kind: 'config', code: 'engine_rejected', message })
}
