import { Agent, fetch as pooledFetch } from 'undici'
import { z } from 'zod'
import { type Place } from './places.ts'

const KEEP_ALIVE_MS = 120_000
const CONNECT_TIMEOUT_MS = 5_000

const Slots = z.array(z.looseObject({ is_processing: z.boolean() }))

/** The connections to one runner. */
export class Upstream {
  /** Without a path. */
  readonly origin: string
  readonly #apiKey: string | undefined
  readonly #agent: Agent

  constructor(place: Place, apiKey: string | undefined) {
    this.origin = place.port === undefined ? 'http://localhost' : `http://127.0.0.1:${place.port}`
    this.#apiKey = apiKey
    this.#agent = new Agent({
      keepAliveTimeout: KEEP_ALIVE_MS,
      connect: {
        timeout: CONNECT_TIMEOUT_MS,
        ...(place.socketPath === undefined ? {} : { socketPath: place.socketPath }),
      },
      // Patience belongs to whoever asks.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
  }

  /**
   * Agent and `fetch` must be of one version of their package, which the one in Node is not: bodies and answers
   * cross over as bytes.
   */
  readonly fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const { method = 'GET', body, signal } = init
    const headers = new Headers(init.headers)
    const encoded = body === undefined || body === null ? undefined : new Response(body)
    const type = encoded?.headers.get('content-type')
    if (type && !headers.has('content-type')) headers.set('content-type', type)
    const answer = await pooledFetch(input instanceof Request ? input.url : input, {
      method,
      headers: [...headers],
      dispatcher: this.#agent,
      ...(encoded ? { body: await encoded.arrayBuffer() } : {}),
      ...(signal ? { signal } : {}),
    })
    const { status, statusText } = answer
    const chunks = answer.body && streamOf(answer.body)
    return new Response(chunks, { status, statusText, headers: [...answer.headers] })
  }

  async isOk(path: string, signal: AbortSignal): Promise<boolean> {
    const answer = await this.#get(path, signal)
    await answer.body?.cancel()
    return answer.status === 200
  }

  /** How many slots work, as `llama-server` tells it; undefined if it does not. */
  async busySlots(signal: AbortSignal): Promise<number | undefined> {
    const answer = await this.#get('/slots', signal)
    if (answer.status !== 200) {
      await answer.body?.cancel()
      return undefined
    }
    const slots = Slots.safeParse(await answer.json())
    return slots.success ? slots.data.filter((slot) => slot.is_processing).length : undefined
  }

  close(): Promise<void> {
    return this.#agent.destroy()
  }

  #get(path: string, signal: AbortSignal): Promise<Response> {
    const headers = this.#apiKey === undefined ? {} : { authorization: `Bearer ${this.#apiKey}` }
    return this.fetch(this.origin + path, { headers, signal })
  }
}

function streamOf(body: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      async cancel() {
        await chunks.return?.()
      },
    },
    { highWaterMark: 0 },
  )
}
