import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { deferred } from '../../backend/lib/deferred.ts'

/** A real HTTP server that plays an OpenAI-compatible one, well-behaved or not. */

/** How one `POST …/chat/completions` is answered. */
export type ChatScript = (exchange: ChatExchange) => Promise<void> | void

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
  readonly exchange: ChatExchange
}

export class FakeChatServer implements AsyncDisposable {
  /** What `GET …/models` lists. */
  models: string[] = ['fake-model']
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
    this.script = (exchange) => (waiting.shift() ?? usual)(exchange)
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
    if (path.endsWith('/models')) {
      exchange.answer(200, { object: 'list', data: this.models.map((id) => ({ id, object: 'model' })) })
      return
    }
    this.#openCalls += 1
    response.once('close', () => {
      this.#openCalls -= 1
    })
    const body: unknown = JSON.parse(await text(request))
    this.requests.push({ path, authorization: request.headers.authorization, body, exchange })
    await this.script(exchange)
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
