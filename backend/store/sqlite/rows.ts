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

/** The row with the changes that are given; a field that is `undefined` counts as not given. */
export function patched<Row extends object>(
  row: Row,
  patch: { readonly [Name in keyof Row]?: Row[Name] | undefined },
): Row {
  const given = Object.entries(patch).filter(([, value]) => value !== undefined)
  return { ...row, ...Object.fromEntries(given) }
}

/** @throws AppError `not_found`. */
export function found<Row>(row: Row | undefined, what: string): Row {
  if (row === undefined) throw new AppError('not_found', `Cannot find ${what}`)
  return row
}
