import { expect, test } from 'vitest'
import { Channel } from '../../../backend/lib/channel.ts'
import { settled } from '../../fakes/fake-clock.ts'

interface Item {
  readonly name: string
}

const NEVER = new AbortController().signal
const a: Item = { name: 'a' }
const b: Item = { name: 'b' }
const c: Item = { name: 'c' }
const d: Item = { name: 'd' }

async function received(channel: Channel<Item>): Promise<string> {
  let names = ''
  for await (const item of channel) names += item.name
  return names
}

/** What has become of a promise by now. */
async function stateOf(promise: Promise<unknown>): Promise<'resolved' | 'rejected' | 'pending'> {
  let state: 'resolved' | 'rejected' | 'pending' = 'pending'
  promise.then(
    () => (state = 'resolved'),
    () => (state = 'rejected'),
  )
  await settled(1)
  return state
}

// ── Sending and receiving ───────────────────────────────────────────────────────────────────────

test('Channel delivers items in the order they were sent', async () => {
  using channel = new Channel<Item>({ capacity: 4 })
  for (const item of [a, b, c]) await channel.send(item, NEVER)
  channel.close()
  expect(await received(channel)).toBe('abc')
})

test('Channel hands an item straight to a consumer who waits', async () => {
  using channel = new Channel<Item>({ capacity: 1 })
  const next = channel[Symbol.asyncIterator]().next()
  expect(channel.trySend(a)).toBe(true)
  expect(channel.size).toBe(0)
  expect(await next).toEqual({ done: false, value: a })
})

test('Channel.send() waits while the channel is full', async () => {
  using channel = new Channel<Item>({ capacity: 1 })
  await channel.send(a, NEVER)
  const sending = channel.send(b, NEVER)
  expect(await stateOf(sending)).toBe('pending')
  expect(channel.size).toBe(2)
  await channel[Symbol.asyncIterator]().next()
  expect(await stateOf(sending)).toBe('resolved')
})

test('Channel admits waiting senders in the order they came', async () => {
  using channel = new Channel<Item>({ capacity: 1 })
  await channel.send(a, NEVER)
  const senders = [b, c, d].map((item) => channel.send(item, NEVER))
  const reading = received(channel)
  await Promise.all(senders)
  channel.close()
  expect(await reading).toBe('abcd')
})

test('Channel.trySend() refuses when the channel is full, and does not overtake waiting senders', async () => {
  using channel = new Channel<Item>({ capacity: 1 })
  expect(channel.trySend(a)).toBe(true)
  expect(channel.trySend(b)).toBe(false)
  const sending = channel.send(b, NEVER)
  await channel[Symbol.asyncIterator]().next()
  await sending
  expect(channel.trySend(c)).toBe(false)
})

test('Channel takes any number of items when its capacity is infinite', async () => {
  using channel = new Channel<Item>({ capacity: Infinity })
  for (let count = 0; count < 1000; count++) expect(channel.trySend(a)).toBe(true)
  channel.close()
  expect(await received(channel)).toHaveLength(1000)
})

test('Channel refuses a capacity that is not at least 1', () => {
  for (const capacity of [0, -1, Number.NaN]) {
    expect(() => new Channel({ capacity })).toThrow(RangeError)
  }
})

test('Channel refuses a second consumer while one waits', async () => {
  using channel = new Channel<Item>({ capacity: 1 })
  const waiting = channel[Symbol.asyncIterator]().next()
  await expect(async () => await channel[Symbol.asyncIterator]().next()).rejects.toThrow('already has')
  channel.trySend(a)
  expect(await waiting).toEqual({ done: false, value: a })
})

test('Channel goes on where a consumer left off', async () => {
  using channel = new Channel<Item>({ capacity: 3 })
  for (const item of [a, b, c]) channel.trySend(item)
  for await (const item of channel) {
    expect(item).toBe(a)
    break
  }
  channel.close()
  expect(await received(channel)).toBe('bc')
})

// ── Aborting ────────────────────────────────────────────────────────────────────────────────────

test('Channel.send() rejects with the reason when aborted, and the item is not sent', async () => {
  using channel = new Channel<Item>({ capacity: 1 })
  channel.trySend(a)
  const controller = new AbortController()
  const sending = channel.send(b, controller.signal)
  const reason = new Error('Interrupted')
  controller.abort(reason)
  await expect(sending).rejects.toBe(reason)
  expect(channel.size).toBe(1)
  channel.close()
  expect(await received(channel)).toBe('a')
})

test('Channel.send() sends nothing when its signal has aborted already', async () => {
  using channel = new Channel<Item>({ capacity: 1 })
  const reason = new Error('Interrupted')
  await expect(channel.send(a, AbortSignal.abort(reason))).rejects.toBe(reason)
  expect(channel.size).toBe(0)
})

test('Channel does not care about a signal that aborts after the item was sent', async () => {
  using channel = new Channel<Item>({ capacity: 1 })
  channel.trySend(a)
  const controller = new AbortController()
  const sending = channel.send(b, controller.signal)
  await channel[Symbol.asyncIterator]().next()
  controller.abort()
  await sending
  channel.close()
  expect(await received(channel)).toBe('b')
})

// ── Closing ─────────────────────────────────────────────────────────────────────────────────────

test('Channel.close() ends the loop of a consumer who waits', async () => {
  using channel = new Channel<Item>({ capacity: 1 })
  const reading = received(channel)
  await settled(1)
  channel.close()
  expect(await reading).toBe('')
})

test('Channel.close() still delivers what waits but refuses senders without room', async () => {
  using channel = new Channel<Item>({ capacity: 1 })
  channel.trySend(a)
  const sending = channel.send(b, NEVER)
  channel.close()
  await expect(sending).rejects.toThrow('closed')
  expect(await received(channel)).toBe('a')
})

test('Channel refuses items after it was closed, and may be closed twice', async () => {
  using channel = new Channel<Item>({ capacity: 1 })
  channel.close()
  channel.close()
  expect(channel.trySend(a)).toBe(false)
  await expect(channel.send(a, NEVER)).rejects.toThrow('closed')
})

// ── Dropping ────────────────────────────────────────────────────────────────────────────────────

test('Channel.drop() takes matching items from the middle and returns them', async () => {
  using channel = new Channel<Item>({ capacity: 4 })
  for (const item of [a, b, c, b]) channel.trySend(item)
  expect(channel.drop((item) => item === b)).toEqual([b, b])
  expect(channel.size).toBe(2)
  channel.close()
  expect(await received(channel)).toBe('ac')
})

test('Channel.drop() takes items of waiting senders too, and their send resolves', async () => {
  using channel = new Channel<Item>({ capacity: 1 })
  channel.trySend(a)
  const sending = channel.send(b, NEVER)
  expect(channel.drop((item) => item === b)).toEqual([b])
  await sending
  expect(channel.size).toBe(1)
})

test('Channel.drop() lets waiting senders in where it made room', async () => {
  using channel = new Channel<Item>({ capacity: 1 })
  channel.trySend(a)
  const sending = channel.send(b, NEVER)
  expect(channel.drop((item) => item === a)).toEqual([a])
  await sending
  channel.close()
  expect(await received(channel)).toBe('b')
})

test('Channel.drop() drops in the same tick, in time linear in what waits', () => {
  using channel = new Channel<Item>({ capacity: Infinity })
  for (let count = 0; count < 100_000; count++) channel.trySend({ name: 'x' })
  expect(channel.drop(() => true)).toHaveLength(100_000)
  expect(channel.size).toBe(0)
})
