import { type ReplyEvent } from '../../engines/contracts.ts'
import { type Clock } from '../../lib/clock.ts'

/** More often than the shortest sensible pause between words. */
const SIGN_EVERY_MS = 10_000
const SIGN: ReplyEvent = { type: 'reasoning', text: '' }

/**
 * Shows signs of life until the first word comes: a large model takes minutes to be loaded, and whoever listens gives
 * up on what is silent for too long.
 */
export async function* whileWaiting(
  events: AsyncIterable<ReplyEvent>,
  clock: Clock,
): AsyncGenerator<ReplyEvent, void> {
  const iterator = events[Symbol.asyncIterator]()
  let isOver = false
  try {
    const first = iterator.next()
    while (true) {
      const next = await orSign(first, clock)
      if (next === 'sign') {
        yield SIGN
        continue
      }
      isOver = next.done === true
      if (next.done) return
      yield next.value
      break
    }
    for (let next = await iterator.next(); ; next = await iterator.next()) {
      isOver = next.done === true
      if (next.done) return
      yield next.value
    }
  } catch (error) {
    isOver = true
    throw error
  } finally {
    // Left early: it may still wait for its turn, so nobody waits for it in turn.
    if (!isOver) iterator.return?.().catch(() => {})
  }
}

async function orSign<Value>(promise: Promise<Value>, clock: Clock): Promise<Value | 'sign'> {
  let cancel: (() => void) | undefined
  const sign = new Promise<'sign'>((resolve) => {
    cancel = clock.after(SIGN_EVERY_MS, () => resolve('sign'))
  })
  try {
    return await Promise.race([promise, sign])
  } finally {
    cancel?.()
  }
}
