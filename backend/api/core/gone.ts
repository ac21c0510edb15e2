import { type FastifyReply } from 'fastify'

/** Aborts when the program is gone before it was answered. */
export function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort(new Error('The program is gone'))
  })
  return gone.signal
}
