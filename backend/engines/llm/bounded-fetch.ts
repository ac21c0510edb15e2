import { AppError } from '../../errors.ts'

/** Far above any event of a chat stream; below what joining a line piece by piece could make slow. */
const MAX_LINE_BYTES = 1_000_000
const NEWLINE = 0x0a

/** `fetch` whose answer fails instead of filling the memory when a line of it has no end. */
export function boundedFetch(label: string, reach: typeof fetch = fetch): typeof fetch {
  return async (input, init) => bounded(label, await reach(input, init))
}

/** What of an answer is needed, whoever fetched it. */
export interface Answer {
  readonly body: AsyncIterable<Uint8Array> | null
  readonly status: number
  readonly statusText: string
  readonly headers: Iterable<[string, string]>
}

/** An answer that fails when a line of it has no end. @param label how sentences name the server. */
export function bounded(label: string, { body, status, statusText, headers }: Answer): Response {
  return new Response(body && boundedLines(label, body), {
    status,
    statusText,
    headers: new Headers([...headers]),
  })
}

/** Looks at the bytes of an answer, as they come. */
export class LineLimit {
  readonly #label: string
  #lineBytes = 0

  constructor(label: string) {
    this.#label = label
  }

  /** @throws AppError `engine_failed` when a line has no end. */
  check(chunk: Uint8Array): void {
    const newline = chunk.lastIndexOf(NEWLINE)
    this.#lineBytes = newline === -1 ? this.#lineBytes + chunk.length : chunk.length - newline - 1
    if (this.#lineBytes <= MAX_LINE_BYTES) return
    throw new AppError('engine_failed', `The ${this.#label} answered a line without end`)
  }
}

async function* boundedChunks(
  label: string,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  const limit = new LineLimit(label)
  for await (const chunk of body) {
    limit.check(chunk)
    yield chunk
  }
}

function boundedLines(label: string, body: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const chunks = boundedChunks(label, body)
  let hasBegun = false
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        hasBegun = true
        const { done, value: chunk } = await chunks.next()
        if (done === true) controller.close()
        else controller.enqueue(chunk)
      },
      async cancel() {
        // A generator that has not begun would leave the body open.
        await (hasBegun ? chunks.return() : body[Symbol.asyncIterator]().return?.())
      },
    },
    { highWaterMark: 0 },
  )
}
