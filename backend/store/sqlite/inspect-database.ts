import { readMigrationFiles } from 'drizzle-orm/migrator'
import { AppError } from '../../errors.ts'
import { connectTo } from './connection.ts'
import { APPLICATION_ID } from './application-id.ts'
import { MIGRATIONS } from './migrations.ts'

/** What is in a database file. */
export interface InspectedDatabase {
  readonly characters: number
  readonly conversations: number
  readonly messages: number
}

/**
 * Looks whether a database file is whole, ours, and not of a newer Troupe. Takes long with a large one.
 * @throws AppError `invalid` that says what is wrong.
 */
export function inspectDatabase(file: string): InspectedDatabase {
  const sqlite = connectTo(file, { readonly: true })
  try {
    const pluck = (query: string): unknown => sqlite.prepare(query).pluck().get()
    if (pluck('PRAGMA application_id') !== APPLICATION_ID) {
      throw new AppError('invalid', 'The database in it is not one of Troupe')
    }
    if (Number(pluck('SELECT max(created_at) FROM __drizzle_migrations')) > newestMigration()) {
      throw new AppError('invalid', 'A newer Troupe has written it; update this one, then restore it')
    }
    const fault = pluck('PRAGMA integrity_check(1)')
    if (fault !== 'ok') throw new AppError('invalid', `The database in it is damaged: ${String(fault)}`)
    if (pluck('SELECT count(*) FROM pragma_foreign_key_check') !== 0) {
      throw new AppError('invalid', 'The database in it is damaged: it refers to what is not there')
    }
    const count = (table: string): number => Number(pluck(`SELECT count(*) FROM ${table}`))
    return {
      characters: count('characters'),
      conversations: count('conversations'),
      messages: count('messages'),
    }
  } finally {
    sqlite.close()
  }
}

function newestMigration(): number {
  return readMigrationFiles({ migrationsFolder: MIGRATIONS }).at(-1)?.folderMillis ?? 0
}
