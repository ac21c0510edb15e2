import { and, count, eq, getTableColumns, isNull, sql } from 'drizzle-orm'
import { type Database } from './database.ts'
import { parametersFor, thrownAway } from './rows.ts'
import { characters, conversations, messages } from './schema.ts'

const {
  position: _position,
  hidden_under: _hiddenUnder,
  deleted_at: _deletedAt,
  ...columns
} = getTableColumns(messages)
const { character_id: _characterId, ...ownColumns } = columns

/** A speaker in the trash is not seen; it is there again when it is restored. */
const speaker = sql<string | null>`(
  SELECT id FROM characters WHERE characters.id = messages.character_id AND characters.deleted_at IS NULL
)`
/** A message as it is told to others. */
export const messageFields = { ...ownColumns, character_id: speaker }

/** Behind the alternative of a message that is in the trash, however deep. Looked up only for what is hidden. */
const isBehindTrash = sql`(hidden_under IS NOT NULL AND EXISTS (
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
const isInPlace = sql`(EXISTS (
  SELECT 1 FROM conversations
  WHERE conversations.conversation_id = messages.conversation_id AND conversations.deleted_at IS NULL
) AND NOT ${isBehindTrash})`

export function prepareMessages({ orm }: Database) {
  const byId = eq(messages.message_id, sql.placeholder('message_id'))
  const there = and(byId, isNull(messages.deleted_at), isInPlace)
  const conversationById = and(
    eq(conversations.conversation_id, sql.placeholder('conversation_id')),
    isNull(conversations.deleted_at),
  )
  const characterById = and(eq(characters.id, sql.placeholder('id')), isNull(characters.deleted_at))
  // The clock of the machine may be set back; what was just used must not sink in the list for that.
  const later = sql`max(updated_at, ${sql.placeholder('now')})`
  return {
    one: orm.select(messageFields).from(messages).where(there).prepare(),
    insert: orm.insert(messages).values(parametersFor(columns)).prepare(),
    update: orm.update(messages).set(parametersFor(ownColumns)).where(byId).prepare(),
    give: orm
      .update(messages)
      .set({ character_id: sql`${sql.placeholder('character_id')}` })
      .where(byId)
      .prepare(),
    remove: orm.update(messages).set(thrownAway).where(byId).prepare(),
    touch: orm.update(conversations).set({ updated_at: later }).where(conversationById).prepare(),
    conversation: orm
      .select({ conversation_id: conversations.conversation_id })
      .from(conversations)
      .where(conversationById)
      .prepare(),
    character: orm.select({ id: characters.id }).from(characters).where(characterById).prepare(),
  }
}

/** The messages of a conversation that are shown. */
export function prepareShown({ orm }: Database) {
  const shown = and(
    eq(messages.conversation_id, sql.placeholder('conversation_id')),
    isNull(messages.hidden_under),
    isNull(messages.deleted_at),
  )
  const position = sql.placeholder('position')
  const isBefore = sql`messages.position < ${position}`
  const page = (places: ReturnType<typeof sql>) =>
    orm
      .select(messageFields)
      .from(messages)
      .where(sql`position IN (${places})`)
      .orderBy(messages.position)
      .prepare()
  const placesOf = (rest: ReturnType<typeof sql>) =>
    // Places come from the index alone, so that skipping a hundred thousand messages reads none of them.
    sql`SELECT position FROM messages WHERE ${shown} ${rest}`
  const limit = sql.placeholder('limit')
  const offset = sql.placeholder('offset')
  return {
    place: orm
      .select({
        position: messages.position,
        conversation_id: messages.conversation_id,
        isShown: sql<number>`hidden_under IS NULL AND deleted_at IS NULL`,
      })
      .from(messages)
      .where(and(eq(messages.message_id, sql.placeholder('message_id')), isNull(messages.deleted_at)))
      .prepare(),
    before: page(placesOf(sql`AND ${isBefore} ORDER BY position DESC LIMIT ${limit}`)),
    after: page(placesOf(sql`AND position > ${position} ORDER BY position LIMIT ${limit}`)),
    from: page(placesOf(sql`ORDER BY position LIMIT ${limit} OFFSET ${offset}`)),
    fromEnd: page(placesOf(sql`ORDER BY position DESC LIMIT ${limit} OFFSET ${offset}`)),
    countBefore: orm.select({ count: count() }).from(messages).where(and(shown, isBefore)).prepare(),
  }
}
