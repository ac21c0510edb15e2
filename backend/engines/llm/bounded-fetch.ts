import { AppError } from '../../errors.ts'

/** Far above any event of a chat stream; below what joining a line piece by piece could make slow. */
const MAX_LINE_BYTES = 1_000_000
const NEWLINE = 0x0a

/** `fetch` whose answer fails instead of filling the memory when a line of it has no end. */
export function boundedFetch(label: string, reach: typeof fetch = fetch): typeof fetch {
  return async (input, init) => bounded(label, await reach(input, init))
}

/** What of an answer of any `fetch` is needed. */
interface Answer {
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

function boundedLines(label: string, body: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]()
  let lineBytes = 0
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value: chunk } = await chunks.next()
        if (done) {
          controller.close()
          return
        }
        const newline = chunk.lastIndexOf(NEWLINE)
        lineBytes = newline === -1 ? lineBytes + chunk.length : chunk.length - newline - 1
        if (lineBytes > MAX_LINE_BYTES) {
          await chunks.return?.()
          throw new AppError('engine_failed', `The ${label} answered a line without end`)
        }
        controller.enqueue(chunk)
      },
      async cancel() {
        await chunks.return?.()
      },
    },
    { highWaterMark: 0 },
  )
}
