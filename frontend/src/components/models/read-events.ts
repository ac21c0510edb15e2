import { type z } from 'zod'
import { parsed } from './follow-events.ts'

/** What an answer to a request tells bit by bit, as server-sent events. */
export async function* readEvents<Schema extends z.ZodType>(
  body: ReadableStream<Uint8Array>,
  event: Schema,
): AsyncGenerator<z.output<Schema>> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      rest += decoder.decode(value, { stream: !done })
      const frames = rest.split(/\r?\n\r?\n/u)
      rest = done ? '' : (frames.pop() ?? '')
      for (const frame of frames) {
        const read = event.safeParse(parsed(dataOf(frame)))
        if (read.success) yield read.data
      }
      if (done) return
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

function dataOf(frame: string): string {
  return frame
    .split(/\r?\n/u)
    .flatMap((line) => (line.startsWith('data:') ? [line.slice('data:'.length).trimStart()] : []))
    .join('\n')
}
