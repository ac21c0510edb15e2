import { SqliteError } from 'better-sqlite3'
import { AppError } from '../../errors.ts'

/**
 * Does one piece of database work and lets its failure speak to people.
 * @param action what is being done, to complete the sentence "Cannot …".
 * @throws AppError `storage_failed` or `conflict` for what the database reports; anything else as it is.
 */
export async function attempt<Result>(action: string, work: () => Result): Promise<Result> {
  try {
    return work()
  } catch (thrown) {
    throw explained(action, thrown)
  }
}

/** The same failure as an AppError, if it is one of the database's. */
export function explained(action: string, thrown: unknown): unknown {
  if (thrown instanceof AppError) return thrown
  const code = databaseCode(thrown)
  if (code === undefined) return thrown
  if (isTaken(code)) return new AppError('conflict', `Cannot ${action}: it exists already`, { cause: thrown })
  const remedy = REMEDIES.find(([prefix]) => code.startsWith(prefix))
  return remedy ? new AppError('storage_failed', `Cannot ${action}: ${remedy[1]}`, { cause: thrown }) : thrown
}

/** SQLite's own code (`SQLITE_FULL`, …) of an error or of one of its causes, or that of a failed file operation. */
export function databaseCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined
  if (thrown instanceof SqliteError) return thrown.code
  if ('code' in thrown && 'syscall' in thrown) return String(thrown.code)
  return databaseCode(thrown.cause)
}

function isTaken(code: string): boolean {
  return code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY'
}

/** What happened and what to do, by the beginning of the code. */
const REMEDIES: readonly (readonly [prefix: string, sentence: string])[] = [
  ['SQLITE_FULL', 'the disk is full; free some space and try again'],
  ['ENOSPC', 'the disk is full; free some space and try again'],
  ['SQLITE_IOERR', 'the disk does not answer as it should; check that it is mounted, healthy and not full'],
  ['EIO', 'the disk does not answer as it should; check that it is mounted, healthy and not full'],
  ['SQLITE_READONLY', 'the database is read-only; check the permissions of the data directory'],
  ['EROFS', 'the database is read-only; check the permissions of the data directory'],
  ['SQLITE_CANTOPEN', 'its file cannot be opened; check that the data directory exists and may be written'],
  ['SQLITE_PERM', 'its file may not be opened; check the permissions of the data directory'],
  ['EACCES', 'its file may not be opened; check the permissions of the data directory'],
  ['EPERM', 'its file may not be opened; check the permissions of the data directory'],
  ['SQLITE_AUTH', 'its file may not be opened; check the permissions of the data directory'],
  ['ENOTDIR', 'a file is where a folder should be; move it away or choose another data directory'],
  ['EEXIST', 'a file is where a folder should be; move it away or choose another data directory'],
  ['SQLITE_CORRUPT', 'the file is damaged; restore a backup of it or move it away to start afresh'],
  ['SQLITE_NOTADB', 'the file is not a database; restore a backup of it or move it away to start afresh'],
  ['SQLITE_BUSY', 'another program is holding the database; close it and try again'],
  ['SQLITE_LOCKED', 'another program is holding the database; close it and try again'],
]
