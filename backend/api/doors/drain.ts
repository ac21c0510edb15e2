import { type FastifyInstance, type FastifyReply } from 'fastify'
import { type Clock } from '../../lib/clock.ts'

/** Less than the time that whoever stops the server gives it. */
const DRAIN_MS = 3_000

/**
 * Watches the answers of routes that are added later.
 * @returns resolves when those on their way have arrived, or have had the time for it.
 */
export function watchAnswers(app: FastifyInstance, clock: Clock): () => Promise<void> {
  const running = new Set<FastifyReply>()
  let onIdle: (() => void) | undefined
  app.addHook('onRequest', (request, reply, done) => {
    // A socket is no answer: it ends when its door says so.
    if (request.headers.upgrade === undefined) watch(reply)
    done()
  })

  function watch(reply: FastifyReply): void {
    running.add(reply)
    reply.raw.once('close', () => {
      running.delete(reply)
      if (running.size === 0) onIdle?.()
    })
  }

  return async () => {
    if (running.size === 0) return
    await new Promise<void>((resolve) => {
      const cancel = clock.after(DRAIN_MS, resolve)
      onIdle = () => {
        cancel()
        resolve()
      }
    })
  }
}
