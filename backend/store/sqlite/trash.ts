import { type TrashItem, TrashKind } from '#shared/entities.ts'
import { type RequestParams } from '#shared/protocol/requests.ts'
import { type TrashStore } from '../contract.ts'
import { type Database } from './database.ts'
import { disposalOf } from './disposal.ts'
import { TABLES, UNFINISHED } from './forgetter.ts'
import { found } from './rows.ts'
import { attempt } from './storage-errors.ts'

/** How long what was deleted can still be had back. */
export const TRASH_DAYS = 30
const PAGE_TRASH = 100
const NAME_CHARACTERS = 80
const MS_PER_DAY = 86_400_000

/** An expression of what one of each kind is called. */
const NAMES: Readonly<Record<TrashKind, string>> = {
  character: 'name',
  voice: 'voice_name',
  conversation: `CASE WHEN title <> '' THEN title ELSE coalesce((
      SELECT substr(content, 1, 400) FROM messages
      WHERE messages.conversation_id = conversations.conversation_id
      AND hidden_under IS NULL AND messages.deleted_at IS NULL ORDER BY messages.position LIMIT 1
    ), '') END`,
  message: 'substr(content, 1, 400)',
  persona: 'name',
  lorebook: 'name',
}

/**
 * What is in the trash with something else is not seen in it: the messages of a deleted conversation, and what was said
 * behind a deleted message.
 */
const IS_BY_ITSELF = `AND EXISTS (
    SELECT 1 FROM conversations
    WHERE conversations.conversation_id = messages.conversation_id AND conversations.deleted_at IS NULL
  ) AND (hidden_under IS NULL OR NOT EXISTS (
    WITH RECURSIVE owners (hidden_under, deleted_at) AS (
      SELECT owner.hidden_under, owner.deleted_at FROM alternatives
      JOIN messages AS owner ON owner.message_id = alternatives.message_id
      WHERE alternatives.position = messages.hidden_under
      UNION ALL
      SELECT owner.hidden_under, owner.deleted_at FROM owners
      JOIN alternatives ON alternatives.position = owners.hidden_under
      JOIN messages AS owner ON owner.message_id = alternatives.message_id
    )
    SELECT 1 FROM owners WHERE owners.deleted_at IS NOT NULL
  ))`

interface Row {
  readonly kind: TrashKind
  readonly id: string
  readonly name: string
  readonly deleted_at: string
}

function rowsOf(kind: TrashKind): string {
  const { table, key } = TABLES[kind]
  const condition = kind === 'message' ? IS_BY_ITSELF : ''
  return `SELECT '${kind}' AS kind, ${key} AS id, ${NAMES[kind]} AS name, deleted_at, position FROM ${table}
    WHERE deleted_at > '${UNFINISHED}' ${condition}`
}

function prepare({ sqlite }: Database) {
  const kinds = TrashKind.options
  const all = kinds.map(rowsOf).join(' UNION ALL ')
  const perKind = <Made>(make: (kind: TrashKind) => Made) =>
    new Map(kinds.map((kind) => [kind, make(kind)] as const))
  return {
    page: sqlite.prepare<object, Row>(
      `SELECT kind, id, name, deleted_at FROM (${all}) WHERE @kind IS NULL OR kind = @kind
       ORDER BY deleted_at DESC, position DESC LIMIT @limit OFFSET @offset`,
    ),
    one: perKind((kind) => sqlite.prepare<object, Row>(`SELECT * FROM (${rowsOf(kind)}) WHERE id = @id`)),
    restore: perKind((kind) =>
      sqlite.prepare<object>(
        `UPDATE ${TABLES[kind].table} SET deleted_at = NULL
         WHERE ${TABLES[kind].key} = @id AND deleted_at IS NOT NULL`,
      ),
    ),
  }
}

/** @param changed hears which characters are there again. */
export function sqliteTrash(
  database: Database,
  changed: (characterId: string) => void,
): TrashStore & AsyncDisposable {
  const statements = prepare(database)
  const read = (trashId: string): TrashItem => {
    const [, kind, id] = /^([a-z]+):(.+)$/su.exec(trashId) ?? []
    const row = isKind(kind) ? statements.one.get(kind)?.get({ id }) : undefined
    return itemOf(found(row, `"${trashId}" in the trash`))
  }
  const restore = database.sqlite.transaction((trashId: string): TrashItem => {
    const item = read(trashId)
    statements.restore.get(item.kind)?.run({ id: item.id })
    if (item.kind === 'character') changed(item.id)
    return item
  })
  return {
    list: (page) => attempt('look into the trash', () => statements.page.all(rangeOf(page)).map(itemOf)),
    restore: (trashId) => attempt('restore it', () => restore(trashId)),
    ...disposalOf(database, read),
  }
}

function rangeOf({ kind = null, limit = PAGE_TRASH, offset = 0 }: Nullable<RequestParams<'get_trash'>>) {
  return { kind, limit, offset }
}
type Nullable<Params> = { [Name in keyof Params]: Params[Name] | null }

function isKind(kind: string | undefined): kind is TrashKind {
  return kind !== undefined && Object.hasOwn(TABLES, kind)
}

function itemOf({ kind, id, name, deleted_at }: Row): TrashItem {
  const line = Array.from(name.replaceAll(/\s+/g, ' ').trim())
  return {
    trash_id: `${kind}:${id}`,
    kind,
    id,
    name: line.length > NAME_CHARACTERS ? `${line.slice(0, NAME_CHARACTERS - 1).join('')}…` : line.join(''),
    deleted_at,
    expires_at: new Date(Date.parse(deleted_at) + TRASH_DAYS * MS_PER_DAY).toISOString(),
  }
}
