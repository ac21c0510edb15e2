import { expect, it, vi } from 'vitest'
import { purgeTrashDaily } from '../../../backend/library/trash-purge.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'

it('empties the trash of what was deleted 30 days ago, at once and every day', async () => {
  const clock = new FakeClock()
  const purges: Date[] = []
  const error = vi.fn()
  const purge = async (before: Date): Promise<number> => {
    purges.push(before)
    if (purges.length === 2) throw new Error('disk full')
    return 0
  }
  const start = clock.date().getTime()
  const daily = purgeTrashDaily({ store: { trash: { purge } }, clock, logger: { error } })
  await clock.advance(2.5 * 86_400_000)
  await daily[Symbol.asyncDispose]()
  await clock.advance(10 * 86_400_000)
  const days = purges.map((before) => (before.getTime() - start) / 86_400_000)
  expect(days).toEqual([-30, -29, -28])
  expect(error).toHaveBeenCalledExactlyOnceWith({ err: new Error('disk full') }, expect.any(String))
})
