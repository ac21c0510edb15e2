import { Agent, errors, fetch as pooledFetch } from 'undici'
import { bounded } from './bounded-fetch.ts'

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
  readonly #label: string

  /** @param label how sentences name the server. */
  constructor(label: string) {
    this.#label = label
  }

  /**
   * For the `openai` package, which sends text. Agent and `fetch` must be of one version of their package, which the
   * one in Node is not.
   */
  readonly fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const { method = 'GET', body, headers, signal } = init
    const url = input instanceof Request ? input.url : input
    const request = {
      method,
      headers: [...new Headers(headers)],
      dispatcher: this.#agent,
      ...(typeof body === 'string' ? { body } : {}),
      ...(signal ? { signal } : {}),
    }
    try {
      return bounded(this.#label, await pooledFetch(url, request))
    } catch (error) {
      if (!wasClosedWhileIdle(error) || signal?.aborted) throw error
      return bounded(this.#label, await pooledFetch(url, request))
    }
  };

  [Symbol.asyncDispose](): Promise<void> {
    return this.#agent.destroy()
  }
}

/** The server closed a connection it had answered on before, just when we used it again: that is no failure of it. */
function wasClosedWhileIdle(error: unknown): boolean {
  const cause: unknown = error instanceof Error ? error.cause : undefined
  return cause instanceof errors.SocketError && (cause.socket?.bytesRead ?? 0) > 0
}
