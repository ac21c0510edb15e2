import { join } from 'node:path'
import { type Store } from '../store/contract.ts'
import { type SqliteOptions } from '../store/sqlite/database.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { DATABASE_FILE } from './manifest.ts'
import { confirmRestore, settleRestore, undoRestore } from './settle-restore.ts'

/**
 * Opens the data of a data directory: those of a backup that is waiting, if there is one. If they cannot be opened
 * after all, the data of before are there again.
 * @throws AppError `storage_failed` that says what to do.
 */
export async function openData(
  dataDir: string,
  options: Omit<SqliteOptions, 'file'> & { readonly onNotice: (sentence: string) => void },
): Promise<Store> {
  const file = join(dataDir, DATABASE_FILE)
  if (await settleRestore(dataDir))
    options.onNotice('A backup was restored; the data of before are kept beside it')
  const store = await openSqliteStore({ ...options, file }).catch(async (error: unknown) => {
    if (!(await undoRestore(dataDir))) throw error
    const reason = error instanceof Error ? error.message : String(error)
    options.onNotice(`The backup could not be opened (${reason}); the data of before are back`)
    return await openSqliteStore({ ...options, file })
  })
  await confirmRestore(dataDir)
  return store
}
