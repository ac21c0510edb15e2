import { and, desc, eq, getTableColumns, isNull, sql, type SQL } from 'drizzle-orm'
import { Conversation } from '#shared/entities.ts'
import { type Database } from './database.ts'
import { parseJsonColumn } from './json-column.ts'
import { parametersFor, thrownAway } from './rows.ts'
import { casts, characters, conversations, personas } from './schema.ts'

const { position: _position, deleted_at: _deletedAt, ...columns } = getTableColumns(conversations)
const { persona_id: _personaId, ...ownColumns } = columns

/** The cast beside its conversation, in one read. Names are spelt out, because drizzle strips the tables of columns. */
const cast = sql`(
  SELECT json_group_array(character_id ORDER BY place) FROM casts
  JOIN characters ON characters.id = character_id AND characters.deleted_at IS NULL
  WHERE casts.conversation_id = conversations.conversation_id
)`
/** A persona in the trash is not seen; it is there again when it is restored. */
const persona = sql<string | null>`(
  SELECT persona_id FROM personas
  WHERE personas.persona_id = conversations.persona_id AND personas.deleted_at IS NULL
)`
const fields = {
  ...ownColumns,
  persona_id: persona,
  active_characters: cast.mapWith((text: unknown) =>
    parseJsonColumn('active_characters', Conversation.shape.active_characters, text),
  ),
}

/** So many of the newest messages that hold the words are looked at: a common word is in a million of them. */
const MAX_MATCHES = 20_000

const match = sql.placeholder('match')
const wordsInIt = sql`(
  position IN (SELECT rowid FROM title_search WHERE title_search MATCH ${match})
  OR conversation_id IN (
    SELECT conversation_id FROM messages
    WHERE deleted_at IS NULL AND position IN (
      SELECT rowid FROM message_search WHERE message_search MATCH ${match} ORDER BY rowid DESC LIMIT ${sql.raw(String(MAX_MATCHES))}
    )
  )
)`

const asAsked = sql`(${sql.placeholder('archived')} IS NULL OR is_archived = ${sql.placeholder('archived')}) AND (
  ${sql.placeholder('character_id')} IS NULL OR EXISTS (
    SELECT 1 FROM casts
    WHERE casts.character_id = ${sql.placeholder('character_id')}
    AND casts.conversation_id = conversations.conversation_id
  )
)`
const olderThanThat = sql`(updated_at, conversation_id) < (${sql.placeholder('beforeUse')}, ${sql.placeholder('beforeId')})`

export function prepareConversations(database: Database) {
  const { orm } = database
  const isThere = isNull(conversations.deleted_at)
  const byId = and(eq(conversations.conversation_id, sql.placeholder('conversation_id')), isThere)
  const page = (condition?: SQL) =>
    orm
      .select(fields)
      .from(conversations)
      .where(and(isThere, olderThanThat, asAsked, condition))
      .orderBy(desc(conversations.updated_at), desc(conversations.conversation_id))
      .limit(sql.placeholder('limit'))
      .offset(sql.placeholder('offset'))
      .prepare()

  return {
    one: orm.select(fields).from(conversations).where(byId).prepare(),
    page: page(),
    pageWithWords: page(wordsInIt),
    insert: orm.insert(conversations).values(parametersFor(columns)).prepare(),
    update: orm.update(conversations).set(parametersFor(ownColumns)).where(byId).prepare(),
    play: orm
      .update(conversations)
      .set({ persona_id: sql`${sql.placeholder('persona_id')}` })
      .where(byId)
      .prepare(),
    sumUp: orm
      .update(conversations)
      .set({
        summary: sql`${sql.placeholder('summary')}`,
        summary_until: sql`${sql.placeholder('summary_until')}`,
      })
      .where(byId)
      .prepare(),
    remove: orm.update(conversations).set(thrownAway).where(byId).prepare(),
    ...prepareCasts(database),
  }
}

function prepareCasts({ orm }: Database) {
  const castOfIt = eq(casts.conversation_id, sql.placeholder('conversation_id'))
  const isThere = isNull(characters.deleted_at)
  return {
    cast: orm
      .select({ character_id: casts.character_id, deleted_at: characters.deleted_at })
      .from(casts)
      .innerJoin(characters, eq(characters.id, casts.character_id))
      .where(castOfIt)
      .orderBy(casts.place)
      .prepare(),
    join: orm
      .insert(casts)
      .values(parametersFor(getTableColumns(casts)))
      .prepare(),
    emptyCast: orm.delete(casts).where(castOfIt).prepare(),
    character: orm
      .select({ id: characters.id })
      .from(characters)
      .where(and(eq(characters.id, sql.placeholder('id')), isThere))
      .prepare(),
    persona: orm
      .select({ persona_id: personas.persona_id })
      .from(personas)
      .where(and(eq(personas.persona_id, sql.placeholder('persona_id')), isNull(personas.deleted_at)))
      .prepare(),
  }
}
