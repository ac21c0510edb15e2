import { type Readable } from 'node:stream'
import { Channel } from '../../lib/channel.ts'

/** Waiting to be written; then the server has to wait, too. */
const MAX_WAITING = 64

type Arrival =
  | { readonly type: 'chunk'; readonly chunk: Buffer }
  | { readonly type: 'error'; readonly error: unknown }

/**
 * What arrives on a stream, from now on, all of it, and only then its error: a stream that breaks forgets what has not
 * been taken from it by then, and it would have to be fetched again.
 */
export function arrivals(body: Readable): AsyncIterable<Buffer> {
  const waiting = new Channel<Arrival>({ capacity: Infinity })
  body
    .on('data', (chunk: Buffer) => {
      waiting.trySend({ type: 'chunk', chunk })
      if (waiting.size > MAX_WAITING) body.pause()
    })
    .on('error', (error) => waiting.trySend({ type: 'error', error }))
    .on('close', () => waiting.close())
  return taken(waiting, body)
}

async function* taken(waiting: Channel<Arrival>, body: Readable): AsyncGenerator<Buffer, void> {
  for await (const arrival of waiting) {
    if (arrival.type === 'error') throw arrival.error
    if (body.isPaused() && waiting.size === 0) body.resume()
    yield arrival.chunk
  }
}
