import OpenAI, { APIConnectionError, APIError } from 'openai'
import { type Stream } from 'openai/core/streaming'
import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { type ReplyRequest } from '../contracts.ts'
import { openAiError } from '../openai-errors.ts'
import { boundedFetch } from './bounded-fetch.ts'
import { chatRequestBody } from './chat-request.ts'

export interface ChatConnectionOptions {
  /** How sentences name the engine. */
  readonly label: string
  readonly baseUrl: string
  readonly apiKey: string | undefined
  readonly model: string | undefined
  readonly timeoutMs: number
}

const ModelList = z.object({ data: z.array(z.object({ id: z.string().min(1) })) })

/** The requests to one server: finds a model, opens chat streams. Sockets are kept alive and shared by `fetch`. */
export class ChatConnection {
  readonly #client: OpenAI
  readonly #label: string
  #model: string | undefined
  /** A few servers refuse to be asked for the token count. */
  #countsTokens = true

  constructor(options: ChatConnectionOptions) {
    this.#label = options.label
    this.#model = options.model
    this.#client = new OpenAI({
      baseURL: options.baseUrl,
      apiKey: options.apiKey ?? 'none',
      ...(options.apiKey === undefined ? { defaultHeaders: { Authorization: null } } : {}),
      // Not from OPENAI_… variables that were set for something else.
      adminAPIKey: null,
      organization: null,
      project: null,
      logLevel: 'off',
      maxRetries: 0,
      timeout: options.timeoutMs,
      fetch: boundedFetch(options.label),
    })
  }

  get model(): string | undefined {
    return this.#model
  }

  /**
   * Opens the stream of one reply.
   * @returns its events, unread; leaving them closes the connection.
   * @throws AppError, as `openAiError` maps it.
   */
  async open(request: ReplyRequest, signal: AbortSignal): Promise<Stream<unknown>> {
    try {
      const model = request.settings.model ?? this.#model ?? (await this.#firstModel(signal))
      const body = chatRequestBody(model, request.messages, request.settings)
      return await this.#post(body, signal)
    } catch (error) {
      throw this.#refusal(error)
    }
  }

  async #post(body: Record<string, unknown>, signal: AbortSignal): Promise<Stream<unknown>> {
    try {
      return await this.#stream(
        this.#countsTokens ? { ...body, stream_options: { include_usage: true } } : body,
        signal,
      )
    } catch (error) {
      if (!this.#countsTokens || !isAboutTokenCount(error)) throw error
      this.#countsTokens = false
      return this.#stream(body, signal)
    }
  }

  async #stream(body: Record<string, unknown>, signal: AbortSignal): Promise<Stream<unknown>> {
    const { data, response } = await this.#client
      .post<Stream<unknown>>('/chat/completions', { body, signal, stream: true })
      .withResponse()
    const contentType = response.headers.get('content-type') ?? ''
    if (!/html|application\/json/u.test(contentType)) return data
    data.controller.abort()
    throw new AppError(
      'engine_failed',
      `The ${this.#label} answered with ${contentType} instead of a stream: check that its base URL ends in /v1`,
    )
  }

  async #firstModel(signal: AbortSignal): Promise<string> {
    const list = ModelList.safeParse(await this.#client.get<unknown>('/models', { signal }))
    const ids = list.success ? list.data.data.map(({ id }) => id) : []
    const model = ids.find((id) => !/embed/iu.test(id)) ?? ids[0]
    if (model === undefined) {
      throw new AppError('engine_unavailable', `The ${this.#label} lists no model: load one, or name one`)
    }
    this.#model = model
    return model
  }

  #refusal(error: unknown): AppError {
    const mapped = openAiError(this.#label, error)
    // Nothing had been answered yet, so it did not break off in the middle.
    if (mapped.code !== 'engine_failed' || !(error instanceof APIConnectionError)) return mapped
    const message = `The ${this.#label} closed the connection before it answered: is it starting, or another program?`
    return new AppError('engine_unavailable', message, { cause: error })
  }
}

function isAboutTokenCount(error: unknown): boolean {
  return error instanceof APIError && (error.status === 400 || error.status === 422)
    ? /stream_options|include_usage/u.test(error.message)
    : false
}
