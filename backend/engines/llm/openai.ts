import { type EngineStatus } from '#shared/entities.ts'
import { AppError } from '../../errors.ts'
import { abortReason } from '../../lib/abort.ts'
import { type Clock } from '../../lib/clock.ts'
import { type LanguageModel, type ModelProfile, type ReplyEvent, type ReplyRequest } from '../contracts.ts'
import { engineLabel, engineTimeout } from '../openai-errors.ts'
import { ChatConnection } from './chat-connection.ts'
import { ReplyReader, streamError } from './reply-reader.ts'
import { Watchdog } from './watchdog.ts'

export interface OpenAiModelOptions {
  /** Ends before `/chat/completions`, e.g. `http://localhost:11434/v1`. */
  readonly baseUrl: string
  readonly apiKey?: string | undefined
  /** Absent: the first model the server lists. */
  readonly model?: string | undefined
  readonly clock: Clock
  /** Generous by default: a local server loads its model first. */
  readonly firstTokenTimeoutMs?: number
  readonly tokenTimeoutMs?: number
}

/** How long the token count may come after the end of the reply. */
const USAGE_GRACE_MS = 100

/** Talks to any OpenAI-compatible server: Ollama, LM Studio, llama.cpp, vLLM, OpenRouter, OpenAI. */
export function createOpenAiModel(options: OpenAiModelOptions): LanguageModel {
  return new OpenAiModel(options)
}

class OpenAiModel implements LanguageModel {
  readonly name = 'openai'
  readonly #clock: Clock
  readonly #label: string
  readonly #baseUrl: string
  readonly #connection: ChatConnection
  readonly #firstTokenTimeoutMs: number
  readonly #tokenTimeoutMs: number
  readonly #calls = new Set<Watchdog>()
  #isClosed = false

  constructor(options: OpenAiModelOptions) {
    this.#clock = options.clock
    this.#label = engineLabel('language model', options.baseUrl)
    this.#baseUrl = options.baseUrl
    this.#firstTokenTimeoutMs = options.firstTokenTimeoutMs ?? 60_000
    this.#tokenTimeoutMs = options.tokenTimeoutMs ?? 20_000
    this.#connection = new ChatConnection({
      label: this.#label,
      baseUrl: options.baseUrl,
      apiKey: options.apiKey,
      model: options.model,
      // Our own deadlines come first; this one is for the package, which wants one.
      timeoutMs: this.#firstTokenTimeoutMs * 2,
    })
  }

  status(): EngineStatus {
    const model = this.#connection.model ?? 'the first model'
    return { name: this.name, ready: !this.#isClosed, detail: `${model} at ${this.#baseUrl}` }
  }

  profile(model?: string): ModelProfile {
    return {
      id: model ?? this.#connection.model ?? '',
      contextTokens: 8_192,
      canUseTools: false,
      roles: 'free',
      isLanguageModel: true,
    }
  }

  async listModels(): Promise<readonly ModelProfile[]> {
    return [this.profile()]
  }

  async *streamReply(request: ReplyRequest, signal: AbortSignal): AsyncGenerator<ReplyEvent, void> {
    if (signal.aborted) throw abortReason(signal)
    using call = new Watchdog(this.#clock, signal)
    this.#calls.add(call)
    if (this.#isClosed) call.stop()
    try {
      yield* this.#reply(request, call)
    } catch (error) {
      throw signal.aborted ? abortReason(signal) : this.#explained(error, call)
    } finally {
      this.#calls.delete(call)
    }
  }

  async *#reply(request: ReplyRequest, call: Watchdog): AsyncGenerator<ReplyEvent, void> {
    call.expect(this.#firstTokenTimeoutMs)
    const chunks = await this.#connection.open(request, call.signal)
    const reader = new ReplyReader(this.#label)
    try {
      // Leaving this loop, for whatever reason, closes the upstream connection.
      for await (const data of chunks) {
        call.signal.throwIfAborted()
        const events = reader.read(data)
        if (events.length > 0) {
          call.rest()
          yield* events
          call.expect(this.#tokenTimeoutMs)
        }
        if (reader.isTooLong) break
        if (reader.isFinished) call.expect(USAGE_GRACE_MS)
      }
    } catch (error) {
      if (!reader.isFinished) throw error
    }
    call.rest()
    // An aborted stream of the package ends as if it were complete.
    const isGraceOver = reader.isFinished && call.expiredAfterMs !== undefined
    if (!isGraceOver) call.signal.throwIfAborted()
    yield* reader.end()
  }

  #explained(error: unknown, call: Watchdog): AppError {
    if (call.expiredAfterMs !== undefined) return engineTimeout(this.#label, call.expiredAfterMs)
    if (this.#isClosed) {
      return new AppError('engine_unavailable', `The ${this.#label} is closed`, { cause: error })
    }
    return streamError(this.#label, error)
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    for (const call of this.#calls) call.stop()
    return Promise.resolve()
  }
}
