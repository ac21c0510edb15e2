import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { WorkerPool } from '../../../../../backend/engines/tts/flite/worker-pool.ts'
import { FakeClock, settled } from '../../../../fakes/fake-clock.ts'

/** Echoes what it gets with its thread's number, dies of `die`, fails at `fail`, never answers `hang`. */
const ECHO = `
  const { parentPort, threadId } = require('node:worker_threads')
  parentPort.on('message', (text) => {
    if (text === 'die') process.exit(1)
    if (text === 'fail') parentPort.postMessage({ fault: 'no' })
    else if (text !== 'hang') parentPort.postMessage({ value: text + ' from ' + threadId })
  })
`
const NEVER = new AbortController().signal

function openPool(size = 1) {
  const clock = new FakeClock()
  const workers: Worker[] = []
  const start = (): Worker => {
    const worker = new Worker(ECHO, { eval: true })
    workers.push(worker)
    return worker
  }
  const limits = { jobTimeoutMs: 10_000, abandonedTimeoutMs: 1_000 }
  const pool = new WorkerPool<string, string>({ name: 'echo', size, start, clock, ...limits })
  return { pool, clock, workers, [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose]() }
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'it did not fail',
    (error: unknown) => error,
  )
}

test('WorkerPool.run() does jobs one after another in one worker that stays alive', async () => {
  await using echo = openPool()
  const answers = await Promise.all(['a', 'b', 'c'].map((text) => echo.pool.run(text, NEVER)))
  expect(answers.map((answer) => answer.slice(0, 1))).toEqual(['a', 'b', 'c'])
  expect(echo.workers).toHaveLength(1)
  expect(echo.clock.pendingTimers).toBe(0)
})

test('WorkerPool.run() starts further workers only when the first is busy', async () => {
  await using echo = openPool(3)
  await echo.pool.run('a', NEVER)
  await echo.pool.run('b', NEVER)
  expect(echo.workers).toHaveLength(1)
  await Promise.all(['a', 'b'].map((text) => echo.pool.run(text, NEVER)))
  expect(echo.workers).toHaveLength(2)
})

test('WorkerPool.run() rather takes a worker that runs than a place whose worker died', async () => {
  await using echo = openPool(2)
  const dead = failureOf(echo.pool.run('die', NEVER))
  await echo.pool.run('a', NEVER)
  expect(await dead).toMatchObject({ code: 'engine_failed' })
  expect(await echo.pool.run('b', NEVER)).toMatch(/^b/)
  expect(echo.workers).toHaveLength(2)
})

test('WorkerPool.run() rejects an aborted job at once and takes a waiting one out of the queue', async () => {
  await using echo = openPool()
  const controller = new AbortController()
  const running = failureOf(echo.pool.run('hang', controller.signal))
  const waiting = failureOf(echo.pool.run('hang', controller.signal))
  const reason = new Error('stop')
  controller.abort(reason)
  expect(await running).toBe(reason)
  expect(await waiting).toBe(reason)
  expect(await failureOf(echo.pool.run('a', controller.signal))).toBe(reason)
  const next = echo.pool.run('b', NEVER)
  await echo.clock.advance(1_000)
  expect(await next).toMatch(/^b/)
})

test('WorkerPool drops what an aborted job still delivers', async () => {
  await using echo = openPool()
  const controller = new AbortController()
  const aborted = failureOf(echo.pool.run('a', controller.signal))
  controller.abort(new Error('stop'))
  await aborted
  expect(await echo.pool.run('b', NEVER)).toMatch(/^b/)
  expect(echo.workers).toHaveLength(1)
  expect(echo.clock.pendingTimers).toBe(0)
})

test('WorkerPool replaces a worker that goes on too long after nobody waits for it', async () => {
  await using echo = openPool()
  const controller = new AbortController()
  const aborted = failureOf(echo.pool.run('hang', controller.signal))
  controller.abort(new Error('stop'))
  await aborted
  await echo.clock.advance(999)
  const next = echo.pool.run('b', NEVER)
  await settled()
  expect(echo.workers).toHaveLength(1)
  await echo.clock.advance(1)
  expect(await next).toMatch(/^b/)
  expect(echo.workers).toHaveLength(2)
})

test('WorkerPool.run() gives up a job that hangs', async () => {
  await using echo = openPool()
  const hung = failureOf(echo.pool.run('hang', NEVER))
  await echo.clock.advance(10_000)
  expect(await hung).toMatchObject({ code: 'engine_timeout' })
  expect(await echo.pool.run('b', NEVER)).toMatch(/^b/)
})

test('WorkerPool.run() reports a job that failed and goes on', async () => {
  await using echo = openPool()
  expect(await failureOf(echo.pool.run('fail', NEVER))).toMatchObject({ code: 'engine_failed' })
  expect(await echo.pool.run('b', NEVER)).toMatch(/^b/)
  expect(echo.workers).toHaveLength(1)
})

test('WorkerPool.run() reports a worker that died and starts another for the next job', async () => {
  await using echo = openPool()
  const dead = failureOf(echo.pool.run('die', NEVER))
  const next = echo.pool.run('b', NEVER)
  expect(await dead).toMatchObject({ code: 'engine_failed' })
  expect(await next).toMatch(/^b/)
  expect(echo.clock.pendingTimers).toBe(0)
})

test('WorkerPool refuses all jobs when it is disposed of and leaves no thread or timer', async () => {
  const echo = openPool()
  const running = failureOf(echo.pool.run('hang', NEVER))
  const waiting = failureOf(echo.pool.run('a', NEVER))
  await echo.pool[Symbol.asyncDispose]()
  expect(await running).toMatchObject({ code: 'engine_unavailable' })
  expect(await waiting).toMatchObject({ code: 'engine_unavailable' })
  expect(await failureOf(echo.pool.run('a', NEVER))).toMatchObject({ code: 'engine_unavailable' })
  expect(echo.clock.pendingTimers).toBe(0)
  // A thread that has ended has no number any more.
  expect(echo.workers.map(({ threadId }) => threadId)).toEqual([-1])
})
