import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { type FastifyReply } from 'fastify'
import { type Clock } from '../lib/clock.ts'

/** Proxies and clients hang up on silence; a model that is being loaded is silent for long. */
const PING_MS = 10_000
const PING = ': ping\n\n'

export interface EventStream {
  readonly clock: Clock
  /** Whole frames, with the empty line behind them. */
  readonly frames: AsyncIterable<string>
  /** The last frame of a stream that fails once it has begun. */
  readonly failed: (thrown: unknown) => string
}

/**
 * Sends server-sent events. As long as nothing has been sent, a failure is told with a status of its own.
 * @throws what the first frame throws, if it fails soon.
 */
export async function sendEvents(reply: FastifyReply, stream: EventStream): Promise<FastifyReply> {
  const iterator = stream.frames[Symbol.asyncIterator]()
  const first = iterator.next()
  const isSlow = (await within(stream.clock, first, PING_MS)) === undefined
  reply
    .header('cache-control', 'no-cache')
    .header('x-accel-buffering', 'no')
    .type('text/event-stream; charset=utf-8')
  return reply.send(Readable.from(alive(stream, iterator, { first, isSlow })))
}

export function dataFrame(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`
}

async function* alive(
  { clock, failed }: EventStream,
  iterator: AsyncIterator<string>,
  { first, isSlow }: { first: Promise<IteratorResult<string>>; isSlow: boolean },
): AsyncGenerator<string> {
  try {
    if (isSlow) yield PING
    let isFirst = true
    for (let next = first; ;) {
      const result = await within(clock, next, PING_MS)
      if (result === undefined) {
        yield PING
        continue
      }
      if (result.done === true) return
      yield result.value
      // What comes at once is made only when the first frame is on its way.
      if (isFirst) await setImmediate()
      isFirst = false
      next = iterator.next()
    }
  } catch (thrown) {
    yield failed(thrown)
  } finally {
    // Whoever left does not wait until the source has noticed.
    iterator.return?.()?.then(undefined, () => {})
  }
}

/** What the promise gives, or undefined if it takes longer. */
function within<Value>(clock: Clock, promise: Promise<Value>, ms: number): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => resolve(undefined))
    promise.then(resolve, reject).finally(cancel)
  })
}
