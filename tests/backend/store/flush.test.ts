import { expect, it } from 'vitest'
import { deferred, type Deferred } from '../../../backend/lib/deferred.ts'
import { shared } from '../../../backend/store/sqlite/flush.ts'

/** An action whose runs are ended by hand. */
function steered() {
  const runs: Deferred<void>[] = []
  const action = (): Promise<void> => {
    const run = deferred()
    runs.push(run)
    return run.promise
  }
  return { runs, call: shared(action) }
}

const settleMicrotasks = async (): Promise<void> => {
  for (let i = 0; i < 10; i++) await Promise.resolve()
}

it('shared() lets callers in the same tick share one run', async () => {
  const { runs, call } = steered()
  const calls = [call(), call(), call()]
  await settleMicrotasks()
  expect(runs).toHaveLength(1)
  runs[0]?.resolve()
  await Promise.all(calls)
  expect(runs).toHaveLength(1)
})

it('shared() gives a caller who comes during a run the next one, never the one under way', async () => {
  const { runs, call } = steered()
  const first = call()
  await settleMicrotasks()
  let isDone = false
  const late = [call(), call()].map(async (promise) => {
    await promise
    isDone = true
  })
  runs[0]?.resolve()
  await first
  await settleMicrotasks()
  expect(runs).toHaveLength(2)
  expect(isDone).toBe(false)
  runs[1]?.resolve()
  await Promise.all(late)
  expect(runs).toHaveLength(2)
})

it('shared() tells a failure to the callers of that run and goes on', async () => {
  const { runs, call } = steered()
  const first = call()
  await settleMicrotasks()
  const second = call()
  runs[0]?.reject(new Error('disk gone'))
  await expect(first).rejects.toThrow('disk gone')
  await settleMicrotasks()
  runs[1]?.resolve()
  await expect(second).resolves.toBeUndefined()
})
