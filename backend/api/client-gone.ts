import { type FastifyReply } from 'fastify'
import { AppError } from '../errors.ts'

/** Aborts when the connection closes before the answer has been sent. */
export function untilGone({ raw }: FastifyReply): AbortSignal {
  const leaving = new AbortController()
  raw.once('close', () => {
    if (!raw.writableFinished) leaving.abort(new AppError('bad_message', 'Whoever asked has hung up'))
  })
  return leaving.signal
}
