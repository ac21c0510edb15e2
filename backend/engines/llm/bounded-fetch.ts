import { AppError } from '../../errors.ts'

/** Far above any event of a chat stream; below what joining a line piece by piece could make slow. */
const MAX_LINE_BYTES = 1_000_000
const NEWLINE = 0x0a

/** `fetch` whose answer fails instead of filling the memory when a line of it has no end. */
export function boundedFetch(label: string): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init)
    if (response.body === null) return response
    const { status, statusText, headers } = response
    return new Response(response.body.pipeThrough(lineLimit(label)), { status, statusText, headers })
  }
}

function lineLimit(label: string): TransformStream<Uint8Array, Uint8Array> {
  let lineBytes = 0
  return new TransformStream({
    transform(chunk, controller) {
      const newline = chunk.lastIndexOf(NEWLINE)
      lineBytes = newline === -1 ? lineBytes + chunk.length : chunk.length - newline - 1
      if (lineBytes > MAX_LINE_BYTES) {
        throw new AppError('engine_failed', `The ${label} answered a line without end`)
      }
      controller.enqueue(chunk)
    },
  })
}
