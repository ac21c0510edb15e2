import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { Character, type MessageRole, VoiceSettings } from '#shared/entities.ts'
import { jsonColumn } from './json-column.ts'

/**
 * The tables. Columns are named as the fields of `shared/entities.ts`. `position` is the order of creation:
 * a rising integer, so that pages stay stable when many rows share one millisecond. The full text tables and their
 * triggers are in a migration of their own, because drizzle has no words for them.
 */

const position = () => integer('position').primaryKey()
const stamps = { created_at: text('created_at').notNull(), updated_at: text('updated_at').notNull() }

/** What the database has to remember about itself. */
export const meta = sqliteTable('meta', { key: text('key').primaryKey(), value: text('value').notNull() })

export const voices = sqliteTable(
  'voices',
  {
    position: position(),
    voice_id: text('voice_id').notNull(),
    voice_name: text('voice_name').notNull(),
    method: text('method').notNull(),
    ref_audio: text('ref_audio'),
    ref_text: text('ref_text'),
    speaker_desc: text('speaker_desc').notNull(),
    scene_prompt: text('scene_prompt').notNull(),
    settings: jsonColumn('settings', VoiceSettings).notNull(),
    ...stamps,
  },
  (table) => [uniqueIndex('voices_by_id').on(table.voice_id)],
)

export const characters = sqliteTable(
  'characters',
  {
    position: position(),
    id: text('id').notNull(),
    name: text('name').notNull(),
    voice_id: text('voice_id').references(() => voices.voice_id, { onDelete: 'set null' }),
    color: text('color'),
    global_roleplay: text('global_roleplay').notNull(),
    system_prompt: text('system_prompt').notNull(),
    description: text('description').notNull(),
    personality: text('personality').notNull(),
    scenario: text('scenario').notNull(),
    first_message: text('first_message').notNull(),
    message_examples: text('message_examples').notNull(),
    post_history_instructions: text('post_history_instructions').notNull(),
    alternate_greetings: jsonColumn('alternate_greetings', Character.shape.alternate_greetings).notNull(),
    image_url: text('image_url'),
    images: jsonColumn('images', Character.shape.images).notNull(),
    tags: jsonColumn('tags', Character.shape.tags).notNull(),
    is_favourite: integer('is_favourite', { mode: 'boolean' }).notNull(),
    is_active: integer('is_active', { mode: 'boolean' }).notNull(),
    ...stamps,
  },
  (table) => [uniqueIndex('characters_by_id').on(table.id), index('characters_by_voice').on(table.voice_id)],
)

export const conversations = sqliteTable(
  'conversations',
  {
    position: position(),
    conversation_id: text('conversation_id').notNull(),
    title: text('title').notNull(),
    ...stamps,
  },
  (table) => [
    uniqueIndex('conversations_by_id').on(table.conversation_id),
    index('conversations_by_use').on(table.updated_at, table.conversation_id),
  ],
)

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
    ...stamps,
  },
  (table) => [
    uniqueIndex('messages_by_id').on(table.message_id),
    index('messages_by_conversation').on(table.conversation_id, table.position),
    index('messages_by_character')
      .on(table.character_id)
      .where(sql`character_id is not null`),
  ],
)
