import { sql } from 'drizzle-orm'
import { type AnySQLiteColumn, index, integer, text } from 'drizzle-orm/sqlite-core'

/** What tables have in common. */

export const position = () => integer('position').primaryKey()
export const revision = () => integer('revision').notNull().default(1)
/** When it was thrown away; null: it is there. */
export const deletedAt = () => text('deleted_at')
export const stamps = { created_at: text('created_at').notNull(), updated_at: text('updated_at').notNull() }

/** The few that are in the trash, for looking into it. */
export const inTrash = (table: string, column: AnySQLiteColumn) =>
  index(`${table}_in_trash`)
    .on(column)
    .where(sql`deleted_at is not null`)
