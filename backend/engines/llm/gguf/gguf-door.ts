import { z } from 'zod'
import { AppError } from '../../../errors.ts'
import { type Clock } from '../../../lib/clock.ts'
import { errorAnswer, eventAnswer, jsonAnswer } from './answers.ts'
import {
  ChatRequest,
  CompletionRequest,
  EmbeddingRequest,
  type Sampling,
  TokenizeRequest,
} from './chat-request.ts'
import { type HostEvent } from './host-events.ts'
import { type ModelHost } from './model-host.ts'
import {
  chatAnswer,
  chatChunk,
  embeddingAnswer,
  textAnswer,
  textChunk,
  usageChunk,
  type WireContext,
} from './wire.ts'

export interface GgufDoorOptions {
  /** Undefined while the model is being loaded. */
  readonly host: () => ModelHost | undefined
  /** As the model is called. */
  readonly alias: string
  readonly clock: Clock
}

type Handler = (host: ModelHost, request: Request, leaving: AbortController) => Promise<Response> | Response

/** The model as a server: the parts of llama-server that are used, as a function from requests to answers. */
export class GgufDoor {
  readonly #options: GgufDoorOptions
  readonly #handlers: ReadonlyMap<string, Handler>
  #replies = 0

  constructor(options: GgufDoorOptions) {
    this.#options = options
    this.#handlers = new Map<string, Handler>([
      ['GET /health', () => jsonAnswer({ status: 'ok' })],
      ['GET /slots', (host) => jsonAnswer(host.slots())],
      ['GET /props', (host) => jsonAnswer(propsOf(host, options.alias))],
      ['GET /v1/models', () => jsonAnswer(this.#models())],
      ['POST /tokenize', (host, request) => tokenize(host, request)],
      ['POST /v1/chat/completions', (...exchange) => this.#chat(...exchange)],
      ['POST /v1/completions', (...exchange) => this.#complete(...exchange)],
      ['POST /v1/embeddings', (...exchange) => this.#embed(...exchange)],
    ])
  }

  /** Never rejects, unless its signal aborts. */
  async answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    const handler = this.#handlers.get(`${request.method} ${pathname}`)
    if (!handler)
      return errorAnswer(new AppError('not_found', `There is no ${request.method} ${pathname} here`))
    const host = this.#options.host()
    if (!host) return errorAnswer(new AppError('engine_unavailable', 'Loading model'))
    const leaving = new AbortController()
    const onAbort = (): void => leaving.abort(request.signal.reason)
    request.signal.addEventListener('abort', onAbort, { once: true })
    if (request.signal.aborted) onAbort()
    try {
      return await handler(host, request, leaving)
    } catch (error) {
      if (request.signal.aborted) throw request.signal.reason
      return errorAnswer(error)
    }
  }

  async #chat(host: ModelHost, request: Request, leaving: AbortController): Promise<Response> {
    const asked = await bodyOf(request, ChatRequest)
    if (!host.chat) throw onlyEmbeds()
    const context = this.#context('chatcmpl')
    const events = host.chat(asked, leaving.signal)
    if (asked.stream !== true) return jsonAnswer(chatAnswer(await all(events), context))
    let calls = 0
    return eventAnswer(
      events,
      (event) => {
        const chunk = chatChunk(event, context, calls)
        if (event.type === 'tool_call') calls += 1
        return [chunk, ...usageAfter(event, asked, { object: 'chat.completion.chunk', context })]
      },
      leaving,
    )
  }

  async #complete(host: ModelHost, request: Request, leaving: AbortController): Promise<Response> {
    const asked = await bodyOf(request, CompletionRequest)
    if (!host.complete) throw onlyEmbeds()
    const context = this.#context('cmpl')
    const events = host.complete(asked, leaving.signal)
    if (asked.stream !== true) return jsonAnswer(textAnswer(await all(events), context))
    return eventAnswer(
      events,
      (event) => [
        textChunk(event, context),
        ...usageAfter(event, asked, { object: 'text_completion', context }),
      ],
      leaving,
    )
  }

  async #embed(host: ModelHost, request: Request, leaving: AbortController): Promise<Response> {
    const asked = await bodyOf(request, EmbeddingRequest)
    if (!host.embed)
      throw new AppError('invalid', 'This model was not loaded for embeddings: set "embeddings"')
    const embedding = await host.embed(asked.input, leaving.signal)
    return jsonAnswer(embeddingAnswer(embedding, this.#options.alias, asked.encoding_format === 'base64'))
  }

  #context(kind: string): WireContext {
    this.#replies += 1
    const { alias, clock } = this.#options
    const created = Math.floor(clock.date().getTime() / 1_000)
    return { id: `${kind}-${created.toString(36)}${this.#replies.toString(36)}`, model: alias, created }
  }

  #models(): unknown {
    const { alias, clock } = this.#options
    const created = Math.floor(clock.date().getTime() / 1_000)
    return { object: 'list', data: [{ id: alias, object: 'model', created, owned_by: 'troupe' }] }
  }
}

function onlyEmbeds(): AppError {
  return new AppError('invalid', 'This model was loaded for embeddings, and does not chat')
}

async function all(events: AsyncIterable<HostEvent>): Promise<HostEvent[]> {
  const collected: HostEvent[] = []
  for await (const event of events) collected.push(event)
  return collected
}

function usageAfter(
  event: HostEvent,
  { stream_options: options }: Sampling,
  { object, context }: { object: string; context: WireContext },
): unknown[] {
  if (event.type !== 'finish' || options?.include_usage !== true) return []
  return [usageChunk(event.usage, object, context)]
}

async function tokenize(host: ModelHost, request: Request): Promise<Response> {
  const { content } = await bodyOf(request, TokenizeRequest)
  return jsonAnswer({ tokens: host.tokenize(content) })
}

function propsOf(host: ModelHost, alias: string): unknown {
  return {
    default_generation_settings: { n_ctx: host.contextTokens },
    total_slots: host.slots().length,
    model_alias: alias,
    chat_template: host.chatTemplate ?? '',
    chat_template_caps: { supports_tools: host.chat !== undefined },
  }
}

/** @throws AppError `invalid` */
async function bodyOf<Schema extends z.ZodType>(request: Request, schema: Schema): Promise<z.infer<Schema>> {
  const text = await request.text()
  const parsed = schema.safeParse(jsonOf(text))
  if (parsed.success) return parsed.data
  throw new AppError('invalid', `The request makes no sense: ${z.prettifyError(parsed.error)}`)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new AppError('invalid', 'The request is no JSON')
  }
}
