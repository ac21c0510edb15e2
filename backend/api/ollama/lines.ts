import { Readable } from 'node:stream'
import { type FastifyReply } from 'fastify'
import { wireError } from './wire-error.ts'

/**
 * Answers line by line. What goes wrong before the first line has a status of its own; later it is the last line.
 * @throws whatever the first line throws.
 */
export async function answerLines(reply: FastifyReply, lines: AsyncGenerator<object>): Promise<FastifyReply> {
  const first = await lines.next()
  return reply
    .type('application/x-ndjson')
    .header('cache-control', 'no-cache')
    .header('x-accel-buffering', 'no')
    .send(Readable.from(asText(first, lines)))
}

async function* asText(first: IteratorResult<object>, rest: AsyncGenerator<object>): AsyncGenerator<string> {
  try {
    if (!first.done) yield `${JSON.stringify(first.value)}\n`
    for await (const line of rest) yield `${JSON.stringify(line)}\n`
  } catch (thrown) {
    yield `${JSON.stringify({ error: wireError(thrown).message })}\n`
  }
}
