import { describe, expect, it } from 'vitest'
import { withDeadline } from '../../../backend/lib/deadline.ts'
import { SerialLane } from '../../../backend/lib/serial-lane.ts'
import { TokenBucket } from '../../../backend/lib/token-bucket.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'

const LATE = new Error('late')

function watched(clock: FakeClock, signal = new AbortController().signal) {
  return { clock, signal, firstMs: 100, nextMs: 10, onLate: () => LATE }
}

async function* two(): AsyncGenerator<number> {
  yield 1
  yield 2
}

async function* never(): AsyncGenerator<number> {
  yield 1
  await new Promise(() => {})
}

describe('withDeadline()', () => {
  it('passes items on and leaves no timer', async () => {
    const clock = new FakeClock()
    const items: number[] = []
    for await (const item of withDeadline(two, watched(clock))) items.push(item)
    expect(items).toEqual([1, 2])
    expect(clock.pendingTimers).toBe(0)
  })

  it('throws when an item is late, and tells the source to stop', async () => {
    const clock = new FakeClock()
    let stop: AbortSignal | undefined
    const items = withDeadline((signal) => {
      stop = signal
      return never()
    }, watched(clock))
    expect(await items.next()).toEqual({ done: false, value: 1 })
    const [late] = await Promise.allSettled([items.next(), clock.advance(10)])
    expect(late).toMatchObject({ status: 'rejected', reason: LATE })
    expect(stop?.aborted).toBe(true)
  })

  it('throws the reason at once when aborted, even if the source does not react', async () => {
    const clock = new FakeClock()
    const controller = new AbortController()
    const items = withDeadline(never, watched(clock, controller.signal))
    await items.next()
    const next = items.next()
    controller.abort(new Error('enough'))
    await expect(next).rejects.toThrow('enough')
    expect(clock.pendingTimers).toBe(0)
  })

  it('stops the source when the reader leaves early', async () => {
    let stop: AbortSignal | undefined
    const items = withDeadline((signal) => {
      stop = signal
      return never()
    }, watched(new FakeClock()))
    for await (const _item of items) break
    expect(stop?.aborted).toBe(true)
  })
})

it('SerialLane runs tasks in order and goes on after a failure', async () => {
  const lane = new SerialLane()
  const order: number[] = []
  const failed = lane.run(async () => {
    order.push(1)
    throw new Error('no')
  })
  const second = lane.run(async () => order.push(2))
  await expect(failed).rejects.toThrow('no')
  await second
  await lane.idle()
  expect(order).toEqual([1, 2])
})

it('TokenBucket allows a burst, then the rate', async () => {
  const clock = new FakeClock()
  const bucket = new TokenBucket(clock, { perSecond: 10, burst: 3 })
  expect([bucket.take(2), bucket.take(1), bucket.take(1)]).toEqual([true, true, false])
  await clock.advance(100)
  expect([bucket.take(1), bucket.take(1)]).toEqual([true, false])
})
