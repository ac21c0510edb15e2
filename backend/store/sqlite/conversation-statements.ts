import { and, desc, eq, getTableColumns, sql, type SQL } from 'drizzle-orm'
import { Conversation } from '#shared/entities.ts'
import { type Database } from './database.ts'
import { parseJsonColumn } from './json-column.ts'
import { parametersFor } from './rows.ts'
import { casts, characters, conversations, personas } from './schema.ts'

const { position: _position, deleted_at: _deletedAt, ...columns } = getTableColumns(conversations)

/** The cast beside its conversation, in one read. Names are spelt out, because drizzle strips the tables of columns. */
const cast = sql`(SELECT json_group_array(character_id ORDER BY place) FROM casts WHERE casts.conversation_id = conversations.conversation_id)`
const fields = {
  ...columns,
  active_characters: cast.mapWith((text: unknown) =>
    parseJsonColumn('active_characters', Conversation.shape.active_characters, text),
  ),
}

const match = sql.placeholder('match')
const wordsInIt = sql`(
  position IN (SELECT rowid FROM title_search WHERE title_search MATCH ${match})
  OR conversation_id IN (
    SELECT conversation_id FROM messages
    WHERE position IN (SELECT rowid FROM message_search WHERE message_search MATCH ${match})
  )
)`

const pattern = sql.placeholder('pattern')
const passageInIt = sql`(
  title LIKE ${pattern} OR conversation_id IN (SELECT conversation_id FROM messages WHERE content LIKE ${pattern})
)`

export function prepareConversations({ orm }: Database) {
  const byId = eq(conversations.conversation_id, sql.placeholder('conversation_id'))
  const castOfIt = eq(casts.conversation_id, sql.placeholder('conversation_id'))
  const page = (condition?: SQL) =>
    orm
      .select(fields)
      .from(conversations)
      .where(and(olderThanThat, condition))
      .orderBy(desc(conversations.updated_at), desc(conversations.conversation_id))
      .limit(sql.placeholder('limit'))
      .offset(sql.placeholder('offset'))
      .prepare()

  return {
    one: orm.select(fields).from(conversations).where(byId).prepare(),
    page: page(),
    pageWithWords: page(wordsInIt),
    pageWithPassage: page(passageInIt),
    insert: orm.insert(conversations).values(parametersFor(columns)).prepare(),
    update: orm.update(conversations).set(parametersFor(columns)).where(byId).prepare(),
    remove: orm.delete(conversations).where(byId).prepare(),
    join: orm
      .insert(casts)
      .values(parametersFor(getTableColumns(casts)))
      .prepare(),
    emptyCast: orm.delete(casts).where(castOfIt).prepare(),
    character: orm
      .select({ id: characters.id })
      .from(characters)
      .where(eq(characters.id, sql.placeholder('id')))
      .prepare(),
    persona: orm
      .select({ persona_id: personas.persona_id })
      .from(personas)
      .where(eq(personas.persona_id, sql.placeholder('persona_id')))
      .prepare(),
  }
}

const olderThanThat = sql`(updated_at, conversation_id) < (${sql.placeholder('beforeUse')}, ${sql.placeholder('beforeId')})`
