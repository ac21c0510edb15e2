import { type Column, sql, type SQL } from 'drizzle-orm'
import { AppError } from '../../errors.ts'

/** For prepared inserts and updates: every column takes the parameter of its own name, encoded its own way. */
export function parametersFor<Columns extends Record<string, Column>>(
  columns: Columns,
): Record<keyof Columns, SQL> {
  const entries = Object.entries(columns).map(([name, column]) => [
    name,
    sql`${sql.param(sql.placeholder(name), column)}`,
  ])
  return Object.fromEntries(entries)
}

/** What is deleted goes to the trash at the moment `now`. */
export const thrownAway = { deleted_at: sql<string>`${sql.placeholder('now')}` }

/** The row with the changes that are given; a field that is `undefined` counts as not given. */
export function patched<Row extends object>(
  row: Row,
  patch: { readonly [Name in keyof Row]?: Row[Name] | undefined },
): Row {
  const given = Object.entries(patch).filter(([, value]) => value !== undefined)
  return { ...row, ...Object.fromEntries(given) }
}

interface Revised {
  readonly revision: number
  readonly updated_at: string
}

/**
 * As `patched`, one revision later.
 * @throws AppError `conflict` with the stored row, if the patch expects another revision.
 */
export function revised<Row extends Revised>(
  row: Row,
  patch: { readonly [Name in keyof Row]?: Row[Name] | undefined },
  now: string,
): Row {
  if (patch.revision !== undefined && patch.revision !== row.revision) {
    throw new AppError('conflict', 'This was changed elsewhere meanwhile; look at both before saving again', {
      stored: row,
    })
  }
  return { ...patched(row, patch), revision: row.revision + 1, updated_at: now }
}

/** @throws AppError `not_found`. */
export function found<Row>(row: Row | undefined, what: string): Row {
  if (row === undefined) throw new AppError('not_found', `Cannot find ${what}`)
  return row
}
