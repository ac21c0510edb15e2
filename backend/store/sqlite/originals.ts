import { and, eq, getTableColumns, sql } from 'drizzle-orm'
import { type OriginalStore } from '../contract.ts'
import { type Database } from './database.ts'
import { parametersFor } from './rows.ts'
import { originals } from './schema.ts'
import { attempt } from './storage-errors.ts'

const columns = getTableColumns(originals)

/** Of what is in the trash, too: whoever brings the same file again is told that it was here. */
export function sqliteOriginals(database: Database): OriginalStore {
  const { orm } = database
  const values = parametersFor(columns)
  const { kind, id, ...changed } = values
  const one = orm
    .select()
    .from(originals)
    .where(and(eq(originals.kind, sql.placeholder('kind')), eq(originals.id, sql.placeholder('id'))))
    .prepare()
  const withHash = orm
    .select()
    .from(originals)
    .where(eq(originals.hash, sql.placeholder('hash')))
    .prepare()
  const put = orm
    .insert(originals)
    .values({ kind, id, ...changed })
    .onConflictDoUpdate({ target: [originals.kind, originals.id], set: changed })
    .prepare()
  return {
    find: (ofKind, ofId) => attempt('read where it came from', () => one.get({ kind: ofKind, id: ofId })),
    withHash: (hash) => attempt('read where it came from', () => withHash.all({ hash })),
    put: (original) =>
      attempt('keep where it came from', () => {
        put.run({ ...original, created_at: database.now() })
      }),
  }
}
