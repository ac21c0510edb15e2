import { Agent, type Dispatcher, errors, interceptors } from 'undici'
import { type Answer, bounded } from './bounded-fetch.ts'
import { exchange, likeFetch, type Opened } from './exchange.ts'

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
  /** As `fetch` does, for servers that have moved. */
  readonly #dispatcher = this.#agent.compose(interceptors.redirect({ maxRedirections: 5 }))
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
      return answered(await this.#request(url, asked))
    } catch (error) {
      if (!wasClosedWhileIdle(error) || signal?.aborted) throw likeFetch('fetch failed', error, signal)
    }
    try {
      return answered(await this.#request(url, asked))
    } catch (error) {
      throw likeFetch('fetch failed', error, signal)
    }
  }

  #request(url: string | URL, { signal, ...asked }: Asked): Promise<Opened> {
    const { origin, pathname, search } = url instanceof URL ? url : new URL(url)
    return exchange(this.#dispatcher, { ...asked, origin, path: pathname + search }, signal)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#agent.destroy()
  }
}

/** What is sent. */
export interface Asked {
  readonly method: Dispatcher.HttpMethod
  readonly headers: Record<string, string>
  readonly body?: string
  readonly signal?: AbortSignal
}

function answered({ statusCode, headers, body }: Opened): Answer {
  const pairs: [string, string][] = []
  for (const [name, value = []] of Object.entries(headers)) {
    if (typeof value === 'string') pairs.push([name, value])
    else for (const one of value) pairs.push([name, one])
  }
  const isEmpty = NO_BODY.has(statusCode)
  // Some have one nevertheless.
  if (statusCode === RESET_CONTENT) void body.return?.()
  return { body: isEmpty ? null : body, status: statusCode, statusText: '', headers: pairs }
}

const RESET_CONTENT = 205
const NO_BODY = new Set([204, RESET_CONTENT, 304])

/** The server closed a connection it had answered on before, just when we used it again: that is no failure of it. */
function wasClosedWhileIdle(error: unknown): boolean {
  return error instanceof errors.SocketError && (error.socket?.bytesRead ?? 0) > 0
}
