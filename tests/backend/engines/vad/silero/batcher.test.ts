import { expect, test } from 'vitest'
import { VAD_WINDOW_SAMPLES } from '../../../../../backend/engines/contracts.ts'
import { Batcher } from '../../../../../backend/engines/vad/silero/batcher.ts'
import { type JudgeBatch } from '../../../../../backend/engines/vad/silero/messages.ts'
import { deferred, type Deferred } from '../../../../../backend/lib/deferred.ts'
import { FakeClock, settled } from '../../../../fakes/fake-clock.ts'

/** A batcher whose batches wait for the test to answer them. */
function openBatcher(openStreams: number) {
  const clock = new FakeClock()
  const batches: { batch: JudgeBatch; answer: Deferred<Float32Array> }[] = []
  const batcher = new Batcher({
    clock,
    judge: (batch) => {
      const answer = deferred<Float32Array>()
      batches.push({ batch, answer })
      return answer.promise
    },
  })
  const streams = Array.from({ length: openStreams }, () => batcher.open())
  return { batcher, batches, clock, streams }
}

function windowOf(sample: number): Int16Array {
  return new Int16Array(VAD_WINDOW_SAMPLES).fill(sample)
}

test('Batcher judges the windows of one turn of the event loop together', async () => {
  const { batcher, batches, streams } = openBatcher(2)
  const judged = streams.map((stream) => batcher.judge(stream, windowOf(stream)))
  await settled(1)
  expect(batches.map(({ batch }) => batch.streams)).toEqual([[1, 2]])
  expect(batches[0]?.batch.samples[VAD_WINDOW_SAMPLES]).toBe(2)
  batches[0]?.answer.resolve(Float32Array.of(0.25, 0.75))
  expect(await Promise.all(judged)).toEqual([0.25, 0.75])
})

test('Batcher with many streams gathers for up to 4 ms', async () => {
  const { batcher, batches, clock, streams } = openBatcher(64)
  for (const stream of streams.slice(0, 3)) {
    void batcher.judge(stream, windowOf(0))
    await clock.advance(1)
  }
  expect(batches).toHaveLength(0)
  await clock.advance(1)
  expect(batches.map(({ batch }) => batch.streams.length)).toEqual([3])
})

test('Batcher gathers the next batch while one is under way', async () => {
  const { batcher, batches, streams } = openBatcher(2)
  const [one = 0, two = 0] = streams
  void batcher.judge(one, windowOf(0))
  await settled(1)
  for (const stream of [one, two, one]) void batcher.judge(stream, windowOf(0))
  await settled(1)
  expect(batches).toHaveLength(1)
  batches[0]?.answer.resolve(Float32Array.of(0))
  await settled(1)
  expect(batches[1]?.batch.streams).toEqual([one, two, one])
  expect(batcher.counts).toEqual({ windows: 4, batches: 2 })
})

test('Batcher judges at most 32 windows in one batch', async () => {
  const { batcher, batches, clock, streams } = openBatcher(40)
  for (const stream of streams) void batcher.judge(stream, windowOf(0))
  await clock.advance(4)
  expect(batches[0]?.batch.streams).toHaveLength(32)
  batches[0]?.answer.resolve(new Float32Array(32))
  await settled(1)
  expect(batches[1]?.batch.streams).toHaveLength(8)
})

test('Batcher rejects the windows of a batch that failed and goes on with the next', async () => {
  const { batcher, batches, streams } = openBatcher(1)
  const [stream = 0] = streams
  const failed = batcher.judge(stream, windowOf(0))
  await settled(1)
  const next = batcher.judge(stream, windowOf(0))
  batches[0]?.answer.reject(new Error('Died'))
  await expect(failed).rejects.toThrow('Died')
  await settled(1)
  batches[1]?.answer.resolve(Float32Array.of(0.5))
  expect(await next).toBe(0.5)
})

test('Batcher ends a stream only after its last window', async () => {
  const { batcher, batches, streams } = openBatcher(1)
  const [stream = 0] = streams
  void batcher.judge(stream, windowOf(0))
  batcher.close(stream)
  await settled(1)
  expect(batches[0]?.batch).toMatchObject({ streams: [stream], closed: [stream] })
  expect(batcher.open()).not.toBe(stream)
})

test('Batcher rejects what waits when it is disposed, and leaves no timer', async () => {
  const { batcher, clock, streams } = openBatcher(64)
  const waiting = batcher.judge(streams[0] ?? 0, windowOf(0))
  batcher[Symbol.dispose]()
  await expect(waiting).rejects.toMatchObject({ code: 'engine_failed' })
  expect(clock.pendingTimers).toBe(0)
  await expect(batcher.judge(1, windowOf(0))).rejects.toMatchObject({ code: 'engine_failed' })
})
