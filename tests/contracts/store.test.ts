import { join } from 'node:path'
import { openSqliteStore } from '../../backend/store/sqlite/sqlite-store.ts'
import { temporaryFolder, tickingClock } from '../backend/store/support.ts'
import { describeStore } from './store.ts'

describeStore('SQLite in memory', () => openSqliteStore({ file: ':memory:', clock: tickingClock() }))

describeStore('SQLite in a file', async () => {
  const folder = await temporaryFolder()
  const store = await openSqliteStore({ file: join(folder.path, 'data', 'troupe.db'), clock: tickingClock() })
  return {
    ...store,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
})
