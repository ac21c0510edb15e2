import { fileURLToPath } from 'node:url'
import type BetterSqlite3 from 'better-sqlite3'
import { readMigrationFiles, type MigrationMeta } from 'drizzle-orm/migrator'
import { AppError } from '../../errors.ts'
import { backUp } from './backup.ts'
import { databaseCode } from './storage-errors.ts'

export const MIGRATIONS = fileURLToPath(new URL('../../../drizzle/migrations', import.meta.url))

interface MigrationOptions {
  readonly date: Date
  readonly onNotice: (sentence: string) => void
  /** Where the generated migrations lie; the project's own by default. */
  readonly migrationsFolder?: string | undefined
}

/**
 * Brings the tables up to date: all of what is missing in one transaction, after a backup of a file that has content.
 * (Drizzle's own migrator leaves foreign keys on, so that rebuilding a table would delete what refers to it.)
 * @throws AppError `storage_failed` if a migration fails or the file is newer than this program; it is then unchanged.
 */
export async function migrate(sqlite: BetterSqlite3.Database, options: MigrationOptions): Promise<void> {
  const migrations = readMigrationFiles({ migrationsFolder: options.migrationsFolder ?? MIGRATIONS })
  const applied = lastApplied(sqlite)
  const pending = migrations.filter((migration) => migration.folderMillis > applied)
  refuseNewer(sqlite, { applied, newest: migrations.at(-1)?.folderMillis ?? 0 })
  if (pending.length === 0) return
  const backup = applied > 0 && !sqlite.memory ? await backUp(sqlite, options.date) : undefined
  try {
    apply(sqlite, pending)
  } catch (cause) {
    const reassurance = backup ? `; it was left as it was, and a copy is in ${backup}` : ''
    const reason = databaseCode(cause) ?? 'a migration failed'
    throw new AppError(
      'storage_failed',
      `Cannot update the database ${sqlite.name} (${reason})${reassurance}`,
      {
        cause,
      },
    )
  }
  if (backup) options.onNotice(`The database was brought up to date; a copy from before is in ${backup}`)
}

function refuseNewer(sqlite: BetterSqlite3.Database, versions: { applied: number; newest: number }): void {
  if (versions.applied <= versions.newest) return
  throw new AppError(
    'storage_failed',
    `Cannot open the database ${sqlite.name}: a newer Troupe has written it; update this one, or restore a backup`,
  )
}

/** When the last applied migration was generated (drizzle's own bookkeeping), 0 for a new file. */
function lastApplied(sqlite: BetterSqlite3.Database): number {
  const isNew =
    sqlite.prepare("SELECT 1 FROM sqlite_schema WHERE name = '__drizzle_migrations'").get() === undefined
  if (isNew) return 0
  return Number(sqlite.prepare('SELECT coalesce(max(created_at), 0) FROM __drizzle_migrations').pluck().get())
}

function apply(sqlite: BetterSqlite3.Database, pending: readonly MigrationMeta[]): void {
  sqlite.exec('PRAGMA foreign_keys = OFF')
  try {
    sqlite.transaction(() => {
      sqlite.exec(
        'CREATE TABLE IF NOT EXISTS __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)',
      )
      const remember = sqlite.prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)')
      for (const migration of pending) {
        for (const statement of migration.sql) sqlite.exec(statement)
        remember.run(migration.hash, migration.folderMillis)
      }
      refuseDanglingReferences(sqlite)
    })()
  } finally {
    sqlite.exec('PRAGMA foreign_keys = ON')
  }
}

function refuseDanglingReferences(sqlite: BetterSqlite3.Database): void {
  const dangling = sqlite.prepare('SELECT * FROM pragma_foreign_key_check').all()
  if (dangling.length > 0) throw new Error(`The migration leaves ${dangling.length} dangling references`)
}
