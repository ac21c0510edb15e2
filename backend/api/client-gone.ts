import { type FastifyReply } from 'fastify'
import { AppError } from '../errors.ts'

/** Aborts when the connection closes before the answer has been sent. */
export function untilGone({ raw }: FastifyReply): AbortSignal {
  const leaving = new AbortController()
  const onClose = (): void => {
    if (!raw.writableFinished) leaving.abort(new AppError('bad_message', 'Whoever asked has hung up'))
  }
  if (raw.destroyed) onClose()
  else raw.once('close', onClose)
  return leaving.signal
}
