import { integer, text } from 'drizzle-orm/sqlite-core'

/** What tables have in common. */

export const position = () => integer('position').primaryKey()
export const stamps = { created_at: text('created_at').notNull(), updated_at: text('updated_at').notNull() }
