import { type FastifyReply } from 'fastify'
import { LiveAnswer } from '../live-answer.ts'
import { untilLeft } from '../until-left.ts'
import { wireError } from './wire-error.ts'

/**
 * Answers line by line. What goes wrong before the first line has a status of its own; later it is the last line.
 * @throws whatever the first line throws.
 */
export async function answerLines(reply: FastifyReply, lines: AsyncGenerator<object>): Promise<FastifyReply> {
  const answer = new LiveAnswer(reply, 'application/x-ndjson')
  try {
    for await (const line of untilLeft(reply, lines)) await answer.write(`${JSON.stringify(line)}\n`)
  } catch (thrown) {
    if (!answer.hasBegun) throw thrown
    await answer.write(`${JSON.stringify({ error: wireError(thrown).message })}\n`)
  }
  answer.end()
  return reply
}
