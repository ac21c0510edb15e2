import { type TrashItem, TrashKind } from '#shared/entities.ts'
import { type RequestParams } from '#shared/protocol/requests.ts'
import { type TrashStore } from '../contract.ts'
import { type Database } from './database.ts'
import { UNFINISHED } from './import-conversation.ts'
import { found } from './rows.ts'
import { attempt } from './storage-errors.ts'

/** How long what was deleted can still be had back. */
export const TRASH_DAYS = 30
const PAGE_TRASH = 100
const NAME_CHARACTERS = 80
const MS_PER_DAY = 86_400_000

/** Where each kind is kept: its table, its key, and an expression of what it is called. */
const KINDS: Readonly<Record<TrashKind, { table: string; key: string; name: string }>> = {
  character: { table: 'characters', key: 'id', name: 'name' },
  voice: { table: 'voices', key: 'voice_id', name: 'voice_name' },
  conversation: {
    table: 'conversations',
    key: 'conversation_id',
    name: `CASE WHEN title <> '' THEN title ELSE coalesce((
      SELECT substr(content, 1, 400) FROM messages
      WHERE messages.conversation_id = conversations.conversation_id
      AND hidden_under IS NULL AND messages.deleted_at IS NULL ORDER BY messages.position LIMIT 1
    ), '') END`,
  },
  message: { table: 'messages', key: 'message_id', name: 'substr(content, 1, 400)' },
  persona: { table: 'personas', key: 'persona_id', name: 'name' },
  lorebook: { table: 'lorebooks', key: 'lorebook_id', name: 'name' },
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
  const { table, key, name } = KINDS[kind]
  const condition = kind === 'message' ? IS_BY_ITSELF : ''
  return `SELECT '${kind}' AS kind, ${key} AS id, ${name} AS name, deleted_at, position FROM ${table}
    WHERE deleted_at > '${UNFINISHED}' ${condition}`
}

function at(kind: TrashKind): string {
  return `WHERE ${KINDS[kind].key} = @id AND deleted_at IS NOT NULL`
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
      sqlite.prepare<object>(`UPDATE ${KINDS[kind].table} SET deleted_at = NULL ${at(kind)}`),
    ),
    remove: perKind((kind) => sqlite.prepare<object>(`DELETE FROM ${KINDS[kind].table} ${at(kind)}`)),
    purge: perKind((kind) =>
      sqlite
        .prepare<object, string>(
          `DELETE FROM ${KINDS[kind].table} WHERE deleted_at < @before RETURNING ${KINDS[kind].key}`,
        )
        .pluck(),
    ),
    forgetOriginal: sqlite.prepare<object>('DELETE FROM originals WHERE kind = @kind AND id = @id'),
  }
}

/** @param changed hears which characters are there again. */
export function sqliteTrash(database: Database, changed: (characterId: string) => void): TrashStore {
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
  const remove = database.sqlite.transaction((trashId: string): void => {
    const { kind, id } = read(trashId)
    statements.remove.get(kind)?.run({ id })
    statements.forgetOriginal.run({ kind, id })
  })
  const purge = database.sqlite.transaction((before: string): number => {
    let count = 0
    for (const [kind, statement] of statements.purge) {
      const ids = statement.all({ before })
      for (const id of ids) statements.forgetOriginal.run({ kind, id })
      count += ids.length
    }
    return count
  })
  return {
    list: (page) => attempt('look into the trash', () => statements.page.all(rangeOf(page)).map(itemOf)),
    restore: (trashId) => attempt('restore it', () => restore(trashId)),
    delete: (trashId) => attempt('delete it for good', () => remove(trashId)),
    purge: (before) => attempt('empty the trash', () => purge(before.toISOString())),
  }
}

function rangeOf({ kind = null, limit = PAGE_TRASH, offset = 0 }: Nullable<RequestParams<'get_trash'>>) {
  return { kind, limit, offset }
}
type Nullable<Params> = { [Name in keyof Params]: Params[Name] | null }

function isKind(kind: string | undefined): kind is TrashKind {
  return kind !== undefined && Object.hasOwn(KINDS, kind)
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
