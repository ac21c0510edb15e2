import { and, eq, getTableColumns, isNull, sql } from 'drizzle-orm'
import { type Lorebook } from '#shared/entities.ts'
import { type LorebookStore } from '../contract.ts'
import { type Database } from './database.ts'
import { numberedId, slug } from './ids.ts'
import { found, parametersFor, revised, thrownAway } from './rows.ts'
import { lorebooks } from './schema.ts'
import { attempt } from './storage-errors.ts'

const { position: _position, deleted_at: _deletedAt, ...columns } = getTableColumns(lorebooks)
const { entries: _entries, ...head } = columns
const version = { lorebook_id: head.lorebook_id, updated_at: head.updated_at, is_global: head.is_global }

function prepare({ orm }: Database) {
  const isThere = isNull(lorebooks.deleted_at)
  const byId = and(eq(lorebooks.lorebook_id, sql.placeholder('lorebook_id')), isThere)
  const entry_count = sql<number>`json_array_length(entries)`
  return {
    heads: orm
      .select({ ...head, entry_count })
      .from(lorebooks)
      .where(isThere)
      .orderBy(sql`name COLLATE NOCASE, lorebook_id`)
      .prepare(),
    versions: orm
      .select(version)
      .from(lorebooks)
      .where(isThere)
      .orderBy(sql`name COLLATE NOCASE, lorebook_id`)
      .prepare(),
    one: orm.select(columns).from(lorebooks).where(byId).prepare(),
    ids: orm.select({ lorebook_id: lorebooks.lorebook_id }).from(lorebooks).prepare(),
    insert: orm.insert(lorebooks).values(parametersFor(columns)).prepare(),
    update: orm.update(lorebooks).set(parametersFor(columns)).where(byId).prepare(),
    remove: orm.update(lorebooks).set(thrownAway).where(byId).prepare(),
  }
}

export function sqliteLorebooks(database: Database): LorebookStore {
  const statements = prepare(database)
  const read = (lorebook_id: string): Lorebook =>
    found(statements.one.get({ lorebook_id }), `the lorebook "${lorebook_id}"`)
  return {
    list: () => attempt('read the lorebooks', () => statements.heads.all()),
    versions: () => attempt('read the lorebooks', () => statements.versions.all()),
    get: (lorebookId) => attempt('read the lorebook', () => read(lorebookId)),
    create: (draft) =>
      attempt('save the lorebook', () => {
        const taken = statements.ids.all().map((row) => row.lorebook_id)
        const now = database.now()
        const lorebook_id = numberedId(slug(draft.name, 'lorebook'), taken)
        const lorebook = { ...draft, lorebook_id, revision: 1, created_at: now, updated_at: now }
        statements.insert.run(lorebook)
        return lorebook
      }),
    update: (patch) =>
      attempt('save the lorebook', () => {
        const lorebook = revised(read(patch.lorebook_id), patch, database.now())
        statements.update.run(lorebook)
        return lorebook
      }),
    delete: (lorebookId) =>
      attempt('delete the lorebook', () => {
        read(lorebookId)
        statements.remove.run({ lorebook_id: lorebookId, now: database.now() })
      }),
  }
}
