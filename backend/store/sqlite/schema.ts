import { sqliteTable, text } from 'drizzle-orm/sqlite-core'

/**
 * The tables. Columns are named as the fields of `shared/entities.ts`. `position` is the order of creation:
 * a rising integer, so that pages stay stable when many rows share one millisecond. The full text tables and their
 * triggers are in a migration of their own, because drizzle has no words for them.
 */

export { characters, lorebooks, notes, personas, voices } from './schema/library.ts'
export { messageOriginals, originals } from './schema/originals.ts'
export { alternatives, casts, conversations, messages, promptMemories } from './schema/conversations.ts'

/** What the database has to remember about itself. */
export const meta = sqliteTable('meta', { key: text('key').primaryKey(), value: text('value').notNull() })
