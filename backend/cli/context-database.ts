import { closeSync, openSync, readSync } from 'node:fs'
import type BetterSqlite3 from 'better-sqlite3'
import { connectTo } from '../store/sqlite/connection.ts'
import { type ContextSource } from './context-source.ts'
import { CliError, EXIT, reasonOf } from './exit.ts'

const SQLITE_MAGIC = 'SQLite format 3\0'
/** Longer values say little to a model. */
const MAX_VALUE_CHARACTERS = 2_000

/** Whether the file is an SQLite database. */
export function isDatabase(path: string): boolean {
  try {
    const file = openSync(path, 'r')
    try {
      const start = Buffer.alloc(SQLITE_MAGIC.length)
      readSync(file, start, 0, start.length, 0)
      return start.toString('latin1') === SQLITE_MAGIC
    } finally {
      closeSync(file)
    }
  } catch {
    return false
  }
}

/** Every table of an SQLite file: how it was made, and its rows as JSON, one a line. */
export function tableTexts(path: string): ContextSource[] {
  return reading(path, (database) => {
    const tables = database
      .prepare<[], { name: string; sql: string }>(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
      )
      .all()
    return tables.map(({ name, sql }) => ({
      name: `table ${name} of ${path}`,
      read: (maxCharacters) => Promise.resolve(rowsOf(path, { name, sql, maxCharacters })),
    }))
  })
}

function rowsOf(path: string, table: { name: string; sql: string; maxCharacters: number }): string {
  return reading(path, (database) => {
    const quoted = `"${table.name.replaceAll('"', '""')}"`
    let text = `${table.sql}\n`
    for (const row of database.prepare(`SELECT * FROM ${quoted}`).iterate()) {
      text += `${JSON.stringify(row, shortened)}\n`
      if (text.length >= table.maxCharacters) break
    }
    return text.slice(0, table.maxCharacters)
  })
}

function shortened(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'string') return value.slice(0, MAX_VALUE_CHARACTERS)
  if (typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer')
    return '(binary)'
  return value
}

function reading<Result>(path: string, read: (database: BetterSqlite3.Database) => Result): Result {
  let database: BetterSqlite3.Database | undefined
  try {
    database = connectTo(path, { readonly: true, fileMustExist: true })
    return read(database)
  } catch (error) {
    throw new CliError(EXIT.failure, `Cannot read the database ${path}: ${reasonOf(error)}`, { cause: error })
  } finally {
    database?.close()
  }
}
