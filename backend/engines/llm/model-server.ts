import OpenAI from 'openai'
import { Stream } from 'openai/core/streaming'
import { engineLabel } from '../openai-errors.ts'
import { boundedFetch } from './bounded-fetch.ts'
import { type Ask, type EventServer, postForEvents } from './event-request.ts'
import { HttpPool } from './http-pool.ts'
import { LlmError } from './llm-error.ts'

export interface ServerAddress {
  /** Ends before `/chat/completions`, e.g. `http://localhost:11434/v1`. */
  readonly baseUrl: string
  readonly apiKey?: string | undefined
  /** Reaches it where an address alone does not; absent: a pool of connections of its own. */
  readonly fetch?: typeof fetch | undefined
}

/** Our own deadlines come first; the package wants one. */
const REQUEST_TIMEOUT_MS = 24 * 3_600_000

/** One server and the requests that can be made to it. What they throw is for `toLlmError`. */
export class ModelServer implements AsyncDisposable {
  /** How sentences name it. */
  readonly label: string
  /** Without a password that may stand in it. */
  readonly shownUrl: string
  readonly #pool: HttpPool
  readonly #client: OpenAI
  readonly #events: EventServer
  readonly #root: string
  readonly #base: string
  readonly #addresses = new Map<string, URL>()

  constructor({ baseUrl, apiKey, fetch: reach }: ServerAddress) {
    this.label = engineLabel('language model', baseUrl)
    this.shownUrl = withoutPassword(baseUrl)
    this.#base = baseUrl.replace(/\/+$/u, '')
    this.#root = this.#base.replace(/\/v1$/u, '')
    this.#pool = new HttpPool(this.label)
    this.#client = new OpenAI({
      baseURL: baseUrl,
      apiKey: apiKey ?? 'none',
      ...(apiKey === undefined ? { defaultHeaders: { Authorization: null } } : {}),
      // Not from OPENAI_… variables that were set for something else.
      adminAPIKey: null,
      organization: null,
      project: null,
      logLevel: 'off',
      maxRetries: 0,
      timeout: REQUEST_TIMEOUT_MS,
      fetch: reach ? boundedFetch(this.label, reach) : this.#pool.fetch,
    })
    const ask: Ask = (url, asked) => (reach ? reach(url, asked) : this.#pool.ask(url, asked))
    this.#events = { label: this.label, addressOf: (path) => this.#addressOf(path), apiKey, ask }
  }

  /** An address of the server's own API, beside the compatible one: `native('/api/tags')`. */
  native(path: string): string {
    return this.#root + path
  }

  /** @param path below the base URL, or a whole address. */
  get(path: string, signal: AbortSignal): Promise<unknown> {
    return this.#client.get<unknown>(path, { signal })
  }

  post(path: string, body: Record<string, unknown>, signal: AbortSignal): Promise<unknown> {
    return this.#client.post<unknown>(path, { body, signal })
  }

  /** A stream of events. Leaving it closes the connection. */
  async postForEvents(
    path: string,
    body: Record<string, unknown>,
    signal: AbortSignal,
  ): Promise<AsyncIterable<unknown>> {
    const { contentType, events, leave } = await postForEvents(this.#events, path, { body, signal })
    if (!/html|application\/json/u.test(contentType)) return events
    await leave()
    throw new LlmError({
      kind: 'config',
      code: 'engine_failed',
      message: `The ${this.label} answered with ${contentType} instead of a stream: check that its base URL ends in /v1`,
    })
  }

  /** A stream of lines of JSON. Leaving it closes the connection. */
  async postForLines(
    path: string,
    body: Record<string, unknown>,
    signal: AbortSignal,
  ): Promise<AsyncIterable<unknown>> {
    const response = await this.#client.post(path, { body, signal }).asResponse()
    if (response.body === null)
      return Stream.fromReadableStream<unknown>(emptyStream(), new AbortController())
    const controller = new AbortController()
    const onAbort = (): void => controller.abort()
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    return Stream.fromReadableStream<unknown>(response.body, controller)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#pool[Symbol.asyncDispose]()
  }

  /** Read once: there are two or three, and each is asked for with every reply. */
  #addressOf(path: string): URL {
    const address = this.#addresses.get(path) ?? new URL(this.#base + path)
    this.#addresses.set(path, address)
    return address
  }
}

function emptyStream(): ReadableStream {
  return new ReadableStream({ start: (controller) => controller.close() })
}

function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return url
  const parsed = new URL(url)
  if (parsed.username === '' && parsed.password === '') return url
  parsed.username = ''
  parsed.password = ''
  return parsed.href
}
