import { macrotask } from '../../lib/macrotask.ts'
import { type Database } from './database.ts'
import { attempt } from './storage-errors.ts'

/** Tables whose texts may name files, those in the trash included. */
const TABLES = [
  'characters',
  'voices',
  'personas',
  'lorebooks',
  'conversations',
  'messages',
  'alternatives',
  'notes',
]
/** Rows that are looked at between two turns of the event loop: a millisecond or two. */
const ROWS = 1_000

/**
 * The hashes of all files that anything refers to: by their address in whatever text, or as what it was imported from.
 * Takes its time, and stands in nobody's way.
 */
export async function mediaInUse({ sqlite }: Database): Promise<Set<string>> {
  const hashes = new Set<string>()
  for (const table of TABLES) {
    const columns = textColumnsOf(sqlite, table)
    const statement = sqlite.prepare<[number, number], { text: string }>(
      `SELECT ${columns.map((column) => `coalesce(${column}, '')`).join(" || ' ' || ")} AS text FROM ${table}
       WHERE rowid > ? AND rowid <= ? AND (${columns.map((column) => `instr(${column}, '/media/') > 0`).join(' OR ')})`,
    )
    const last = lastRowOf(sqlite, table)
    for (let from = 0; from < last; from += ROWS) {
      const rows = await attempt('look for files in use', () => statement.all(from, from + ROWS))
      for (const { text } of rows) {
        for (const [, hash = ''] of text.matchAll(/\/media\/([0-9a-f]{64})\./g)) hashes.add(hash)
      }
      await macrotask()
    }
  }
  const originals = sqlite.prepare<[], { hash: string }>('SELECT DISTINCT hash FROM originals')
  for (const { hash } of originals.all()) hashes.add(hash)
  return hashes
}

function textColumnsOf(sqlite: Database['sqlite'], table: string): string[] {
  const columns = sqlite.prepare<[string], { name: string }>(
    `SELECT name FROM pragma_table_info(?) WHERE type = 'text' COLLATE NOCASE`,
  )
  return columns.all(table).map(({ name }) => `"${name}"`)
}

function lastRowOf(sqlite: Database['sqlite'], table: string): number {
  return (
    sqlite.prepare<[], { last: number | null }>(`SELECT max(rowid) AS last FROM ${table}`).get()?.last ?? 0
  )
}
