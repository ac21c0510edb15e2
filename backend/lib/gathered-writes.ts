import { type Socket } from 'node:net'

/**
 * Lets what is written to a connection in one go leave in one piece: each write costs more than what is in it.
 * @returns to be called before a write; the connection lets go of all that was written when everything that can be done
 * at once is done.
 */
export function gathering(connection: Pick<Socket, 'cork' | 'uncork'>): () => void {
  let isGathering = false
  return () => {
    if (isGathering) return
    isGathering = true
    connection.cork()
    process.nextTick(() => {
      isGathering = false
      connection.uncork()
    })
  }
}
