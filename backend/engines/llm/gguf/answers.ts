import { AppError, toAppError } from '../../../errors.ts'
import { type HostEvent } from './host-events.ts'

/** Answers of the OpenAI-compatible door of a GGUF model. */

export function jsonAnswer(body: unknown, status = 200): Response {
  return Response.json(body, { status })
}

/** As llama-server says it. */
export function errorAnswer(error: unknown): Response {
  const { status, body } = errorOf(error)
  return jsonAnswer(body, status)
}

function errorOf(error: unknown): { status: number; body: { error: Record<string, unknown> } } {
  const isUnknown = !(error instanceof AppError)
  const known = toAppError(error)
  const status = known.code === 'invalid' || known.code === 'bad_message' ? 400 : known.httpStatus
  const type = status < 500 ? 'invalid_request_error' : status === 503 ? 'unavailable_error' : 'server_error'
  // It is our own process that reads this, and the log of this one is all that tells why.
  const message = isUnknown && error instanceof Error ? error.message : known.message
  return { status, body: { error: { code: status, type, message } } }
}

/**
 * A stream of server-sent events. Whether it begins at all is known before it is answered, so trouble before the
 * first event is an answer with its own status; later, an event with `error` in it.
 * @param leaving aborted when nobody reads on.
 */
export async function eventAnswer(
  events: AsyncIterable<HostEvent>,
  write: (event: HostEvent) => readonly unknown[],
  leaving: AbortController,
): Promise<Response> {
  const iterator = events[Symbol.asyncIterator]()
  let next = await iterator.next()
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          if (next.done) {
            controller.enqueue(encoder.encode('data: [DONE]\n\n'))
            controller.close()
            return
          }
          const lines = write(next.value).map((data) => `data: ${JSON.stringify(data)}\n\n`)
          controller.enqueue(encoder.encode(lines.join('')))
          next = await iterator.next()
        } catch (error) {
          if (leaving.signal.aborted) {
            controller.error(leaving.signal.reason)
            return
          }
          controller.enqueue(encoder.encode(`data: ${JSON.stringify(errorOf(error).body)}\n\n`))
          controller.close()
        }
      },
      cancel(reason) {
        leaving.abort(reason)
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' },
  })
}

const encoder = new TextEncoder()
