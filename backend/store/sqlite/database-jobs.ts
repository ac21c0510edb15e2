import { AppError } from '../../errors.ts'
import { startWorker } from '../../lib/spawn.ts'
import { type InspectedDatabase } from './inspect-database.ts'

/** A database file that was looked into. */
export interface CheckedDatabase {
  readonly inspected: InspectedDatabase
  /** SHA-256 of the file. */
  readonly hash: string
}

export type DatabaseJobResult =
  | ({ readonly ok: true } & CheckedDatabase)
  | { readonly ok: false; readonly message: string; readonly code: string | undefined }

/**
 * Copies a database as it is at this moment, while it is in use, and checks the copy. The event loop goes on.
 * @throws AppError `storage_failed`
 */
export async function copyDatabase(from: string, to: string): Promise<CheckedDatabase> {
  const result = await run({ kind: 'copy', from, to })
  if (result.ok) return result
  const isFull = result.code === 'SQLITE_FULL'
  const reason = isFull ? 'the disk is full; free some space and try again' : result.message
  throw new AppError('storage_failed', `Cannot copy the database: ${reason}`)
}

/** @throws AppError `invalid` if it is damaged, not ours, or of a newer Troupe. */
export async function checkDatabase(file: string): Promise<CheckedDatabase> {
  const result = await run({ kind: 'inspect', file })
  if (result.ok) return result
  const isExplained = result.code === 'invalid'
  throw new AppError('invalid', isExplained ? result.message : 'The database in it is damaged or not one')
}

async function run(job: object): Promise<DatabaseJobResult> {
  const worker = startWorker(new URL('database-thread.ts', import.meta.url), { workerData: job })
  try {
    return await new Promise<DatabaseJobResult>((resolve, reject) => {
      worker.once('message', (result: DatabaseJobResult) => resolve(result))
      worker.once('error', reject)
      worker.once('exit', () => reject(new Error('The thread ended without an answer')))
    })
  } finally {
    await worker.terminate()
  }
}
