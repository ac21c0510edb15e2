import type BetterSqlite3 from 'better-sqlite3'

/** Above 100 percent: never. */
const NEVER = 101

/**
 * By itself a full text index is merged anew whenever a tenth of it has been deleted: for a conversation of years that
 * is a good part of a second at a time, again and again. What is deleted goes with the merges that new texts bring
 * about, anyway.
 */
export function keepDeletingCheap(sqlite: BetterSqlite3.Database): void {
  const indexes = sqlite
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE sql LIKE '%contentless_delete=1%'")
    .pluck()
  for (const index of indexes.all()) {
    const known = sqlite.prepare(`SELECT v FROM ${index}_config WHERE k = 'deletemerge'`).pluck().get()
    if (known !== NEVER) {
      sqlite.exec(`INSERT INTO ${index} (${index}, rank) VALUES ('deletemerge', ${NEVER})`)
    }
  }
}
