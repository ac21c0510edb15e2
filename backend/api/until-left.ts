import { type FastifyReply } from 'fastify'

/** What is made for a reader, until it goes: nobody waits then until the source has noticed. */
export function untilLeft<Piece>({ raw }: FastifyReply, pieces: AsyncIterable<Piece>): AsyncIterable<Piece> {
  const iterator = pieces[Symbol.asyncIterator]()
  let leave: (() => void) | undefined
  const onClose = (): void => {
    iterator.return?.()?.then(undefined, () => {})
    leave?.()
  }
  if (raw.destroyed) onClose()
  else raw.once('close', onClose)
  const next = (): Promise<IteratorResult<Piece, unknown>> =>
    new Promise((resolve, reject) => {
      leave = () => resolve({ done: true, value: undefined })
      if (raw.destroyed) resolve({ done: true, value: undefined })
      else iterator.next().then(resolve, reject)
    })
  return { [Symbol.asyncIterator]: () => ({ next }) }
}
