import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type BetterSqlite3 from 'better-sqlite3'
import { drizzle, type BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { AppError } from '../../errors.ts'
import { type Clock } from '../../lib/clock.ts'
import { APPLICATION_ID } from './application-id.ts'
import { backupsOf } from './backup.ts'
import { connectTo } from './connection.ts'
import { holdLock } from './lock.ts'
import { migrate } from './migrations.ts'
import { keepDeletingCheap } from './search-indexes.ts'
import { attempt, databaseCode, explained } from './storage-errors.ts'

export interface SqliteOptions {
  /** Path of the database file, or `:memory:`. Its folder is made if it is missing. */
  readonly file: string
  readonly clock: Clock
  /** Hears what the operator should know, e.g. where a backup was put. */
  readonly onNotice?: (sentence: string) => void
  /** Where the migrations lie; the project's own by default. */
  readonly migrationsFolder?: string
}

/** An open database with its tables up to date. */
export interface Database extends Disposable {
  readonly sqlite: BetterSqlite3.Database
  readonly orm: BetterSQLite3Database
  /** The present moment, as stored. */
  readonly now: () => string
  /** Ids of the conversations that are on their way in. */
  readonly filling: Set<string>
}

/** SQLite waits this long for other programs that write to the file; short, because waiting stops everything else. */
const BUSY_TIMEOUT_MS = 500

/** @throws AppError `storage_failed` with what to do; a file that cannot be used is left as it is. */
export async function openDatabase(options: SqliteOptions): Promise<Database> {
  const { file, clock } = options
  const isInMemory = file === ':memory:'
  if (!isInMemory) await makeFolderOf(file)
  const lock = isInMemory ? undefined : holdLock(file)
  let sqlite: BetterSqlite3.Database | undefined
  try {
    sqlite = await connect(file)
    await migrate(sqlite, {
      date: clock.date(),
      onNotice: options.onNotice ?? (() => {}),
      migrationsFolder: options.migrationsFolder,
    })
    keepDeletingCheap(sqlite)
  } catch (thrown) {
    sqlite?.close()
    lock?.[Symbol.dispose]()
    throw explained(`open the database ${file}`, thrown)
  }
  return opened(sqlite, lock, clock)
}

function opened(sqlite: BetterSqlite3.Database, lock: Disposable | undefined, clock: Clock): Database {
  return {
    sqlite,
    orm: drizzle(sqlite),
    now: () => clock.date().toISOString(),
    filling: new Set(),
    [Symbol.dispose]() {
      sqlite.close()
      lock?.[Symbol.dispose]()
    },
  }
}

async function makeFolderOf(file: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true })
  } catch (thrown) {
    throw explained(`make the data directory ${dirname(file)}`, thrown)
  }
}

async function connect(file: string): Promise<BetterSqlite3.Database> {
  const sqlite = await attempt(`open the database ${file}`, () =>
    connectTo(file, { timeout: BUSY_TIMEOUT_MS }),
  )
  try {
    refuseForeign(sqlite)
    sqlite.exec('PRAGMA journal_mode = WAL')
    // A commit is in the operating system's hands at once; `flush` adds safety against power cuts.
    sqlite.exec('PRAGMA synchronous = NORMAL')
    sqlite.exec('PRAGMA foreign_keys = ON')
    // Moving the log into the file waits for the disk on this thread: seldom (every 32 MB) instead of often.
    sqlite.exec('PRAGMA wal_autocheckpoint = 8000')
    // Written at every start, so that a read-only file is noticed now and not with the first message.
    sqlite.exec(`PRAGMA application_id = ${APPLICATION_ID}`)
    return sqlite
  } catch (thrown) {
    sqlite.close()
    throw await damaged(file, thrown)
  }
}

/** A database of some other program is not ours to change. */
function refuseForeign(sqlite: BetterSqlite3.Database): void {
  const isEmpty = sqlite.prepare('SELECT 1 FROM sqlite_schema').get() === undefined
  if (isEmpty || sqlite.prepare('PRAGMA application_id').pluck().get() === APPLICATION_ID) return
  throw new AppError(
    'storage_failed',
    `Cannot open the database ${sqlite.name}: it belongs to another program; choose another data directory`,
  )
}

async function damaged(file: string, thrown: unknown): Promise<unknown> {
  const code = databaseCode(thrown)
  if (code === undefined || !/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return thrown
  const newest = (await backupsOf(file)).at(-1)
  const remedy = newest ? `restore ${newest}, or move it away` : 'move it away'
  return new AppError(
    'storage_failed',
    `Cannot open the database ${file}: it is damaged or not a database; it was left as it is: ${remedy} to start afresh`,
    { cause: thrown },
  )
}
