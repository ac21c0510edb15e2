import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { VAD_WINDOW_SAMPLES } from '../../../../../backend/engines/contracts.ts'
import { createSileroDetector } from '../../../../../backend/engines/vad/silero/silero-detector.ts'
import { FakeClock, settled } from '../../../../fakes/fake-clock.ts'
import { openSilero } from '../../../../support/silero-harness.ts'

const WINDOW = new Int16Array(VAD_WINDOW_SAMPLES)

/** A thread that says it is ready and then never answers. */
function startMute(): Worker {
  return new Worker(
    "const { parentPort } = require('worker_threads'); parentPort.on('message', () => {}); parentPort.postMessage({ type: 'ready' })",
    { eval: true },
  )
}

test('createSileroDetector() refuses a model that is not there, and leaves no thread', async () => {
  const threads: Worker[] = []
  const startThread = (): Worker => {
    const thread = new Worker("throw new Error('no model')", { eval: true })
    threads.push(thread)
    return thread
  }
  await expect(createSileroDetector({ startThread })).rejects.toMatchObject({ code: 'engine_unavailable' })
  expect(threads.map((thread) => thread.threadId)).toEqual([-1])
})

test('createSileroDetector() refuses a file that is no model', async () => {
  await expect(createSileroDetector({ modelPath: import.meta.filename })).rejects.toMatchObject({
    code: 'engine_unavailable',
  })
})

test('Silero judges all streams in one thread, several windows to a batch', async () => {
  await using silero = await openSilero({ hasEnergyGate: false })
  const streams = Array.from({ length: 64 }, () => silero.detector.openStream())
  await Promise.all(streams.map((stream) => stream.speechProbability(WINDOW)))
  expect(silero.threads).toHaveLength(1)
  expect(silero.detector.counts).toEqual({ windows: 64, batches: 2 })
})

test('Silero gives up a thread that does not answer', async () => {
  const clock = new FakeClock()
  await using detector = await createSileroDetector({ clock, startThread: startMute })
  using stream = detector.openStream()
  const judging = stream.speechProbability(WINDOW)
  await settled()
  await Promise.all([expect(judging).rejects.toMatchObject({ code: 'engine_failed' }), clock.advance(10_000)])
  expect(detector.status().ready).toBe(false)
  expect(clock.pendingTimers).toBe(0)
})

test('Silero does not start threads one after another when they keep dying', async () => {
  const clock = new FakeClock()
  const threads: Worker[] = []
  await using detector = await createSileroDetector({
    clock,
    startThread: () => {
      const thread = startMute()
      threads.push(thread)
      return thread
    },
  })
  using stream = detector.openStream()
  await threads[0]?.terminate()
  for (let count = 0; count < 3; count++) {
    await expect(stream.speechProbability(WINDOW)).rejects.toMatchObject({ code: 'engine_failed' })
  }
  expect(threads).toHaveLength(1)
  await clock.advance(1000)
  const judging = stream.speechProbability(WINDOW)
  await settled()
  expect(threads).toHaveLength(2)
  await Promise.all([
    expect(judging).rejects.toMatchObject({ code: 'engine_failed' }),
    threads[1]?.terminate(),
  ])
})
