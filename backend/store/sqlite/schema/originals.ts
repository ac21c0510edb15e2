import { index, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { CardReport } from '#shared/entities.ts'
import { jsonColumn } from '../json-column.ts'
import { messages } from './conversations.ts'

/** Where characters, lorebooks and conversations came from, so that they can be given back as they were. */
export const originals = sqliteTable(
  'originals',
  {
    kind: text('kind').$type<'character' | 'lorebook' | 'conversation'>().notNull(),
    id: text('id').notNull(),
    /** E.g. `png`, `charx`, `sillytavern`. */
    format: text('format').notNull(),
    file_name: text('file_name').notNull(),
    /** Of the whole file, in the media folder. */
    hash: text('hash').notNull(),
    /** The text in it that is patched when something is edited: of a card its JSON, of a chat its header. */
    source: text('source').notNull(),
    report: jsonColumn('report', CardReport).notNull(),
    created_at: text('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.kind, table.id] }), index('originals_by_hash').on(table.hash)],
)

/** The line of a chat file that a message was read from. */
export const messageOriginals = sqliteTable('message_originals', {
  message_id: text('message_id')
    .primaryKey()
    .references(() => messages.message_id, { onDelete: 'cascade' }),
  source: text('source').notNull(),
})
