import type BetterSqlite3 from 'better-sqlite3'
import { AppError } from '../../errors.ts'
import { connectTo } from './connection.ts'
import { databaseCode, explained } from './storage-errors.ts'

/**
 * Keeps a second server off the same data. The lock is an empty database held open in an exclusive transaction, so
 * the operating system lets go of it when this process dies, however it dies. The data itself stays readable to other
 * programs, which SQLite's own exclusive mode would forbid.
 * @throws AppError `storage_failed` if somebody else holds it.
 */
export function holdLock(file: string): Disposable {
  const lock = openLock(file)
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (thrown) {
    lock.close()
    if (databaseCode(thrown) !== 'SQLITE_BUSY') throw explained(`lock the database ${file}`, thrown)
    throw new AppError(
      'storage_failed',
      `Cannot open the database ${file}: another Troupe is using it; stop that one or choose another data directory`,
      { cause: thrown },
    )
  }
  return { [Symbol.dispose]: () => lock.close() }
}

function openLock(file: string): BetterSqlite3.Database {
  try {
    return connectTo(`${file}.lock`, { timeout: 0 })
  } catch (thrown) {
    throw explained(`lock the database ${file}`, thrown)
  }
}
