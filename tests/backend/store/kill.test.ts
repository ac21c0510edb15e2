import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { forkChild } from '../../../backend/lib/spawn.ts'
import { openSqliteStore } from '../../../backend/store/sqlite/sqlite-store.ts'
import { seededRandom, temporaryFolder, tickingClock } from './support.ts'

interface Acknowledged {
  readonly message_id: string
  readonly content: string
}

/** Runs the writing child until it has acknowledged so many messages, and kills it in the middle of its work. */
async function killedAfter(count: number, args: readonly string[]): Promise<Acknowledged[]> {
  const child = forkChild(new URL('kill-child.ts', import.meta.url), args)
  const acknowledged: Acknowledged[] = []
  child.on('message', (message: Acknowledged) => {
    acknowledged.push(message)
    if (acknowledged.length === count) child.kill('SIGKILL')
  })
  await once(child, 'close')
  return acknowledged
}

it(
  'no acknowledged message is lost when the process is killed at any moment',
  { timeout: 120_000 },
  async () => {
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'troupe.db')
    const random = seededRandom(7)
    const acknowledged: Acknowledged[] = []
    for (let round = 0; round < 6; round++) {
      const count = 1 + Math.floor(random() * 400)
      const inRound = await killedAfter(count, [file, `round ${round}`])
      expect(inRound.length).toBeGreaterThanOrEqual(count)
      acknowledged.push(...inRound)

      await using store = await openSqliteStore({ file, clock: tickingClock() })
      for (const { message_id, content } of acknowledged) {
        expect((await store.messages.get(message_id)).content).toBe(content)
      }
    }
    expect(acknowledged.length).toBeGreaterThan(500)
  },
)
