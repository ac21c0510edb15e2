import BetterSqlite3 from 'better-sqlite3'
import { searchText } from './search-text.ts'

/**
 * Node from 24.19 on aborts when a statement or connection of better-sqlite3 12 is collected while no script runs. So
 * none is ever collected: all are kept for the life of the process. That is a fixed number, because statements are
 * prepared once; `pragma()` makes statements out of our reach, so `exec` sets pragmas and `prepare` reads them.
 */
const kept: unknown[] = []

/** Opens a database file whose statements outlive all garbage collection. */
export function connectTo(path: string, options: BetterSqlite3.Options = {}): BetterSqlite3.Database {
  const sqlite = new BetterSqlite3(path, options)
  const prepare = sqlite.prepare.bind(sqlite)
  Object.defineProperty(sqlite, 'prepare', { value: (source: string) => keep(prepare(source)) })
  // The triggers that keep the full text indexes call it.
  sqlite.function('search_text', { deterministic: true }, (text) => searchText(String(text ?? '')))
  return keep(sqlite)
}

function keep<Native>(native: Native): Native {
  kept.push(native)
  return native
}
