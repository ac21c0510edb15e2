import { index, integer, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { Character, Lorebook, Speaking, VoiceSettings } from '#shared/entities.ts'
import { jsonColumn } from '../json-column.ts'
import { deletedAt, inTrash, position, revision, stamps } from './columns.ts'

/** What conversations are made of. */

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
    revision: revision(),
    deleted_at: deletedAt(),
    ...stamps,
  },
  (table) => [uniqueIndex('voices_by_id').on(table.voice_id), inTrash('voices', table.deleted_at)],
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
    nickname: text('nickname').notNull().default(''),
    talkativeness: real('talkativeness').notNull().default(0.5),
    group_only_greetings: jsonColumn('group_only_greetings', Character.shape.group_only_greetings)
      .notNull()
      .default([]),
    creator: text('creator').notNull().default(''),
    creator_notes: text('creator_notes').notNull().default(''),
    character_version: text('character_version').notNull().default(''),
    depth_prompt: jsonColumn('depth_prompt', Character.shape.depth_prompt).notNull().default(null),
    lorebook_ids: jsonColumn('lorebook_ids', Character.shape.lorebook_ids).notNull().default([]),
    tools: jsonColumn('tools', Character.shape.tools).notNull().default([]),
    speaking: jsonColumn('speaking', Speaking).notNull().default(Speaking.parse({})),
    /** Worked out whenever it is saved: see `character-derived.ts`. */
    tagline: text('tagline').notNull().default(''),
    token_count: integer('token_count').notNull().default(0),
    revision: revision(),
    deleted_at: deletedAt(),
    ...stamps,
  },
  (table) => [
    uniqueIndex('characters_by_id').on(table.id),
    index('characters_by_voice').on(table.voice_id),
    inTrash('characters', table.deleted_at),
    // What they are found and sorted by, beside the long texts: reading it for ten thousand of them takes no time.
    index('characters_in_lists').on(
      table.deleted_at,
      table.id,
      table.name,
      table.nickname,
      table.tags,
      table.creator,
      table.is_favourite,
      table.token_count,
      table.created_at,
      table.updated_at,
    ),
  ],
)

export const personas = sqliteTable(
  'personas',
  {
    position: position(),
    persona_id: text('persona_id').notNull(),
    name: text('name').notNull(),
    description: text('description').notNull(),
    image_url: text('image_url'),
    is_default: integer('is_default', { mode: 'boolean' }).notNull(),
    revision: revision(),
    deleted_at: deletedAt(),
    ...stamps,
  },
  (table) => [uniqueIndex('personas_by_id').on(table.persona_id), inTrash('personas', table.deleted_at)],
)

export const lorebooks = sqliteTable(
  'lorebooks',
  {
    position: position(),
    lorebook_id: text('lorebook_id').notNull(),
    name: text('name').notNull(),
    description: text('description').notNull(),
    is_global: integer('is_global', { mode: 'boolean' }).notNull(),
    scan_depth: integer('scan_depth').notNull(),
    token_budget: integer('token_budget'),
    is_recursive: integer('is_recursive', { mode: 'boolean' }).notNull(),
    is_case_sensitive: integer('is_case_sensitive', { mode: 'boolean' }).notNull(),
    matches_whole_words: integer('matches_whole_words', { mode: 'boolean' }).notNull(),
    entries: jsonColumn('entries', Lorebook.shape.entries).notNull(),
    revision: revision(),
    deleted_at: deletedAt(),
    ...stamps,
  },
  (table) => [uniqueIndex('lorebooks_by_id').on(table.lorebook_id), inTrash('lorebooks', table.deleted_at)],
)

/** What characters keep in mind. */
export const notes = sqliteTable(
  'notes',
  {
    position: position(),
    note_id: text('note_id').notNull(),
    character_id: text('character_id')
      .notNull()
      .references(() => characters.id, { onDelete: 'cascade' }),
    text: text('text').notNull(),
    ...stamps,
  },
  (table) => [
    uniqueIndex('notes_by_id').on(table.note_id),
    index('notes_by_character').on(table.character_id, table.position),
  ],
)
