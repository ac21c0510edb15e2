import { sql } from 'drizzle-orm'
import {
  type AnySQLiteColumn,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core'
import { Alternative, Conversation, type MessageRole, type ReplyStrategy } from '#shared/entities.ts'
import { jsonColumn } from '../json-column.ts'
import { deletedAt, inTrash, position, revision, stamps } from './columns.ts'
import { characters, personas } from './library.ts'

export const conversations = sqliteTable(
  'conversations',
  {
    position: position(),
    conversation_id: text('conversation_id').notNull(),
    title: text('title').notNull(),
    reply_strategy: text('reply_strategy').$type<ReplyStrategy>().notNull().default('natural'),
    muted_characters: jsonColumn('muted_characters', Conversation.shape.muted_characters)
      .notNull()
      .default([]),
    auto_continue_turns: integer('auto_continue_turns').notNull().default(0),
    /** Null once the persona is deleted. */
    persona_id: text('persona_id').references(() => personas.persona_id, { onDelete: 'set null' }),
    author_note: jsonColumn('author_note', Conversation.shape.author_note).notNull().default(null),
    lorebook_ids: jsonColumn('lorebook_ids', Conversation.shape.lorebook_ids).notNull().default([]),
    summary: text('summary').notNull().default(''),
    summary_until: text('summary_until'),
    is_archived: integer('is_archived', { mode: 'boolean' }).notNull().default(false),
    revision: revision(),
    deleted_at: deletedAt(),
    ...stamps,
  },
  (table) => [
    uniqueIndex('conversations_by_id').on(table.conversation_id),
    index('conversations_by_use').on(table.updated_at, table.conversation_id),
    inTrash('conversations', table.deleted_at),
  ],
)

/** What the last prompt of a conversation left for the next: see `prompt/prompt-memory.ts`. */
export const promptMemories = sqliteTable('prompt_memories', {
  conversation_id: text('conversation_id')
    .primaryKey()
    .references(() => conversations.conversation_id, { onDelete: 'cascade' }),
  memory: text('memory').notNull(),
})

/** Who is present in a conversation, in speaking order. */
export const casts = sqliteTable(
  'casts',
  {
    conversation_id: text('conversation_id')
      .notNull()
      .references(() => conversations.conversation_id, { onDelete: 'cascade' }),
    character_id: text('character_id')
      .notNull()
      .references(() => characters.id, { onDelete: 'cascade' }),
    place: integer('place').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.conversation_id, table.character_id] }),
    index('casts_by_character').on(table.character_id),
  ],
)

/** How a message came about, which differs between its alternatives. */
const wording = {
  generation: jsonColumn('generation', Alternative.shape.generation).notNull().default(null),
  tool_uses: jsonColumn('tool_uses', Alternative.shape.tool_uses).notNull().default([]),
}

/**
 * The tree of a conversation. `messages` holds what is shown: of each message the active alternative, of each branch the
 * one that goes on from it. `alternatives` holds all wordings of those messages that have several (of the active one
 * the message knows better), and each owns what was said behind it.
 */
export const messages = sqliteTable(
  'messages',
  {
    position: position(),
    message_id: text('message_id').notNull(),
    conversation_id: text('conversation_id')
      .notNull()
      .references(() => conversations.conversation_id, { onDelete: 'cascade' }),
    role: text('role').$type<MessageRole>().notNull(),
    name: text('name').notNull(),
    content: text('content').notNull(),
    /** Null once its character is deleted; the name stays. */
    character_id: text('character_id').references(() => characters.id, { onDelete: 'set null' }),
    is_interrupted: integer('is_interrupted', { mode: 'boolean' }).notNull(),
    unheard: text('unheard').notNull(),
    is_spoken: integer('is_spoken', { mode: 'boolean' }).notNull(),
    is_excluded: integer('is_excluded', { mode: 'boolean' }).notNull().default(false),
    ...wording,
    alternative_index: integer('alternative_index').notNull().default(0),
    alternative_count: integer('alternative_count').notNull().default(1),
    /** The alternative of an earlier message behind which this was said, while another one is shown. */
    hidden_under: integer('hidden_under').references((): AnySQLiteColumn => alternatives.position, {
      onDelete: 'cascade',
    }),
    revision: revision(),
    deleted_at: deletedAt(),
    ...stamps,
  },
  (table) => [
    uniqueIndex('messages_by_id').on(table.message_id),
    // Counts and places of what is shown are read from this alone.
    index('messages_by_conversation').on(
      table.conversation_id,
      table.hidden_under,
      table.deleted_at,
      table.position,
    ),
    inTrash('messages', table.deleted_at),
    index('messages_hidden')
      .on(table.hidden_under)
      .where(sql`hidden_under is not null`),
    index('messages_by_character')
      .on(table.character_id)
      .where(sql`character_id is not null`),
  ],
)

export const alternatives = sqliteTable(
  'alternatives',
  {
    position: position(),
    message_id: text('message_id')
      .notNull()
      .references(() => messages.message_id, { onDelete: 'cascade' }),
    index: integer('index').notNull(),
    content: text('content').notNull(),
    unheard: text('unheard').notNull(),
    is_interrupted: integer('is_interrupted', { mode: 'boolean' }).notNull(),
    ...wording,
    created_at: text('created_at').notNull(),
  },
  (table) => [uniqueIndex('alternatives_by_message').on(table.message_id, table.index)],
)
