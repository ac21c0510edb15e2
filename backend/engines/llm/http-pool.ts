import { setImmediate } from 'node:timers/promises'
import { Agent, type Dispatcher, errors, interceptors, request as ask } from 'undici'
import { type Answer, bounded } from './bounded-fetch.ts'

/**
 * Longer than most pauses in a conversation, so that the next turn does not begin with a handshake. (The pool of
 * the global `fetch` gives a connection up after four seconds.)
 */
const KEEP_ALIVE_MS = 120_000
const MAX_KEEP_ALIVE_MS = 600_000
/** What does not answer the door by then is not there. */
const CONNECT_TIMEOUT_MS = 5_000

/** The connections to one server: kept alive, shared by all replies. */
export class HttpPool implements AsyncDisposable {
  readonly #agent = new Agent({
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: MAX_KEEP_ALIVE_MS,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    // Patience is ours: its limits are settings, and may be longer than the five minutes these have.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  /** As `fetch` does, for servers that have moved: few have, so the others are not asked through it. */
  readonly #following = this.#agent.compose(interceptors.redirect({ maxRedirections: 5 }))
  readonly #label: string

  /** @param label how sentences name the server. */
  constructor(label: string) {
    this.#label = label
  }

  /**
   * For the `openai` package, which sends text. Not undici's own `fetch`: its layers of web streams cost half as much as
   * all the rest of a request, on the way to every first word.
   */
  readonly fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const { method = 'GET', body, headers, signal } = init
    const answer = await this.ask(input instanceof Request ? input.url : input, {
      method: method.toUpperCase(),
      headers: Object.fromEntries(new Headers(headers)),
      ...(typeof body === 'string' ? { body } : {}),
      ...(signal ? { signal } : {}),
    })
    return bounded(this.#label, answer)
  }

  /** @throws TypeError as `fetch` does; the signal's reason. */
  async ask(url: string | URL, asked: Asked): Promise<Answer> {
    const { signal } = asked
    try {
      return answered(await this.#request(url, asked), signal)
    } catch (error) {
      if (!wasClosedWhileIdle(error) || signal?.aborted) throw likeFetch('fetch failed', error, signal)
    }
    try {
      return answered(await this.#request(url, asked), signal)
    } catch (error) {
      throw likeFetch('fetch failed', error, signal)
    }
  }

  async #request(url: string | URL, asked: Asked): Promise<Dispatcher.ResponseData> {
    const answer = await ask(url, { ...asked, dispatcher: this.#agent })
    if (!MOVED.has(answer.statusCode)) return answer
    await answer.body.dump()
    return ask(url, { ...asked, dispatcher: this.#following })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#agent.destroy()
  }
}

/** What is sent. */
export interface Asked {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: string
  readonly signal?: AbortSignal
}

type Signal = AbortSignal | undefined

function answered({ statusCode, headers, body }: Dispatcher.ResponseData, signal: Signal): Answer {
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, one]),
  )
  const isEmpty = NO_BODY.has(statusCode)
  if (isEmpty) body.resume()
  const read = isEmpty ? null : readLikeFetch(body, signal)
  return { body: read, status: statusCode, statusText: '', headers: pairs }
}

const MOVED = new Set([301, 302, 303, 307, 308])
const NO_BODY = new Set([204, 205, 304])

async function* readLikeFetch(body: AsyncIterable<Uint8Array>, signal: Signal): AsyncGenerator<Uint8Array> {
  try {
    yield* body
    // Only a cycle of the event loop later can the connection be used again.
    await setImmediate()
  } catch (error) {
    throw likeFetch('terminated', error, signal)
  }
}

/** What goes wrong is said as `fetch` says it, which everybody above knows how to read. */
function likeFetch(message: string, error: unknown, signal: Signal): unknown {
  return signal?.aborted ? error : new TypeError(message, { cause: error })
}

/** The server closed a connection it had answered on before, just when we used it again: that is no failure of it. */
function wasClosedWhileIdle(error: unknown): boolean {
  return error instanceof errors.SocketError && (error.socket?.bytesRead ?? 0) > 0
}
