import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { deferred } from '../../backend/lib/deferred.ts'

/** A real HTTP server that plays an OpenAI-compatible one, well-behaved or not. */

/** How one `POST …/chat/completions` (or another one for a reply) is answered. */
export type ChatScript = (exchange: ChatExchange, request: RecordedChatRequest) => Promise<void> | void

/** Each model has a script of its own; the others do not exist. */
export function byModel(scripts: Readonly<Record<string, ChatScript>>): ChatScript {
  return (exchange, request) => {
    const script = scripts[request.model] ?? answers(404, { error: { message: 'model not found' } })
    return script(exchange, request)
  }
}

/** Sends `pieces` as deltas, `paceMs` apart, and finishes properly. */
export function says(pieces: string | readonly string[], paceMs = 0): ChatScript {
  return async (exchange) => {
    for (const piece of typeof pieces === 'string' ? words(pieces) : pieces) {
      exchange.delta(piece)
      if (paceMs > 0) await delay(paceMs)
      if (exchange.isClosed) return
    }
    exchange.finish()
  }
}

/** Sends `pieces`, then nothing for ever, with the connection open. */
export function stallsAfter(...pieces: readonly string[]): ChatScript {
  return (exchange) => {
    exchange.open()
    for (const piece of pieces) exchange.delta(piece)
  }
}

/** Sends `pieces`, then ends the stream as if that were all: no finish reason, no `[DONE]`. */
export function breaksOffAfter(...pieces: readonly string[]): ChatScript {
  return (exchange) => {
    for (const piece of pieces) exchange.delta(piece)
    exchange.end()
  }
}

/** Sends `pieces`, then tears the connection down. */
export function resetsAfter(...pieces: readonly string[]): ChatScript {
  return async (exchange) => {
    for (const piece of pieces) exchange.delta(piece)
    await delay(20)
    exchange.destroy()
  }
}

/** Takes the request and never answers, not even with a status. */
export const neverAnswers: ChatScript = () => {
  // Nothing, on purpose.
}

/** Answers with a status and a body instead of a stream. */
export function answers(status: number, body: string | object, contentType?: string): ChatScript {
  return (exchange) => exchange.answer(status, body, contentType)
}

/** Refuses, and says when to come back. */
export function asksToWait(retryAfter: string): ChatScript {
  return (exchange) => {
    exchange.header('retry-after', retryAfter)
    exchange.answer(429, { error: { message: 'slow down' } })
  }
}

/** Sends exactly these bytes in these pieces, each in a write of its own, as an event stream, then ends. */
export function sendsRaw(...pieces: readonly (string | Uint8Array)[]): ChatScript {
  return async (exchange) => {
    for (const piece of pieces) {
      exchange.raw(piece)
      await delay(2)
    }
    exchange.end()
  }
}

class ChatExchange {
  readonly #response: ServerResponse
  /** Resolves when the connection of this answer is closed, by whichever side. */
  readonly closed: Promise<void>
  #isClosed = false

  constructor(response: ServerResponse) {
    this.#response = response
    this.closed = new Promise((resolve) => {
      response.once('close', () => {
        this.#isClosed = true
        resolve()
      })
    })
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  header(name: string, value: string): void {
    this.#response.setHeader(name, value)
  }

  /** Sends the head of an event stream now. */
  open(): void {
    if (this.#response.headersSent) return
    this.#response.writeHead(200, { 'content-type': 'text/event-stream' })
    this.#response.flushHeaders()
  }

  raw(bytes: string | Uint8Array): void {
    this.open()
    this.#response.write(bytes)
  }

  event(data: object): void {
    this.raw(`data: ${JSON.stringify(data)}\n\n`)
  }

  delta(content: string): void {
    this.event({ choices: [{ index: 0, delta: { content }, finish_reason: null }] })
  }

  finish(reason = 'stop', completionTokens = 7): void {
    this.event({ choices: [{ index: 0, delta: {}, finish_reason: reason }] })
    this.event({ choices: [], usage: { completion_tokens: completionTokens } })
    this.raw('data: [DONE]\n\n')
    this.end()
  }

  answer(status: number, body: string | object, contentType = 'application/json'): void {
    this.#response.writeHead(status, { 'content-type': contentType })
    this.#response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }

  end(): void {
    this.#response.end()
  }

  destroy(): void {
    this.#response.destroy()
  }
}

export interface RecordedChatRequest {
  readonly path: string
  readonly authorization: string | undefined
  /** Parsed JSON. */
  readonly body: unknown
  /** The model it asks for. */
  readonly model: string
  readonly exchange: ChatExchange
}

export class FakeChatServer implements AsyncDisposable {
  /** What `GET …/models` lists. */
  models: (string | object)[] = ['fake-model']
  /** Paths whose requests never get an answer, e.g. `/v1/models`. */
  readonly silentPaths = new Set<string>()
  /** Answers of the server's own API, by path: `/api/version`, `/props`. Other `GET`s are not found. */
  readonly extras = new Map<string, object>()
  /** How requests are answered from now on. */
  script: ChatScript = says('Hello there. How are you?')
  readonly requests: RecordedChatRequest[] = []
  readonly #server: Server
  #openCalls = 0
  #sockets = 0

  constructor() {
    this.#server = createServer((request, response) => {
      void this.#answer(request, response).catch(() => response.destroy())
    })
    this.#server.on('connection', () => {
      this.#sockets += 1
    })
  }

  async listen(): Promise<void> {
    const listening = deferred()
    this.#server.listen(0, '127.0.0.1', () => listening.resolve())
    await listening.promise
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${port(this.#server)}/v1`
  }

  /** Chat answers whose connection has not been closed yet. */
  get openCalls(): number {
    return this.#openCalls
  }

  /** TCP connections accepted so far: fewer than requests, where they are kept alive. */
  get acceptedSockets(): number {
    return this.#sockets
  }

  get lastRequest(): RecordedChatRequest {
    const last = this.requests.at(-1)
    if (!last) throw new Error('The server has had no chat request')
    return last
  }

  /** The next chat requests are answered in turn by these, then by `script` again. */
  answerInTurn(...scripts: ChatScript[]): void {
    const usual = this.script
    const waiting = [...scripts]
    this.script = (exchange, request) => (waiting.shift() ?? usual)(exchange, request)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = deferred()
    this.#server.close(() => closed.resolve())
    this.#server.closeAllConnections()
    await closed.promise
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? ''
    const exchange = new ChatExchange(response)
    if (this.silentPaths.has(path)) return
    if (path.endsWith('/v1/models')) {
      const entries = this.models.map((model) => (typeof model === 'string' ? { id: model } : model))
      exchange.answer(200, { object: 'list', data: entries })
      return
    }
    const extra = this.extras.get(path.replace(/^.*(?=\/(?:api|props))/u, ''))
    if (extra !== undefined) {
      exchange.answer(200, extra)
      return
    }
    if (request.method === 'GET' || path.endsWith('/api/show')) {
      exchange.answer(404, { error: 'not found' })
      return
    }
    this.#openCalls += 1
    response.once('close', () => {
      this.#openCalls -= 1
    })
    const body: unknown = JSON.parse(await text(request))
    const { authorization } = request.headers
    const model = typeof body === 'object' && body ? String(Reflect.get(body, 'model')) : ''
    const recorded = { path, authorization, body, model, exchange }
    this.requests.push(recorded)
    await this.script(exchange, recorded)
  }
}

export async function startFakeChatServer(): Promise<FakeChatServer> {
  const server = new FakeChatServer()
  await server.listen()
  return server
}

/** Word by word, the space before each word with it. */
function words(sentence: string): string[] {
  return sentence.match(/\s*\S+/gu) ?? []
}

function port(server: Server): number {
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server does not listen')
  return address.port
}
