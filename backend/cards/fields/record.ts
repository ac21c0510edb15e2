import { isDeepStrictEqual } from 'node:util'
import { all, at, changed, REMOVE, type Change } from '../json/change.ts'
import { valueAt } from '../json/values.ts'
import { type Path, type Report } from '../report.ts'
import { SILENT, type Note, type Place, type Table } from './place.ts'

interface Where {
  readonly report: Report
  readonly path: Path
}

/** Reads the fields that a record has; the others are left out. */
export function readFields<Fields extends object>(
  raw: unknown,
  table: Table<Fields>,
  where: Where,
): Partial<Fields> {
  const fields: Partial<Fields> = {}
  for (const name of table.names) {
    const value = firstRead(raw, table.own[name] ?? [], where)
    if (value !== undefined) fields[name] = value
  }
  return fields
}

function firstRead<Value>(raw: unknown, places: readonly Place<Value>[], where?: Where): Value | undefined {
  for (const place of places) {
    const json = valueAt(raw, place.path)
    const value =
      json === undefined ? undefined : place.read(json, where ? new PlaceNote(where, place, json) : SILENT)
    if (value !== undefined) return value
  }
  return undefined
}

/**
 * What a reading says, at its path. A class, because one is made for each field of each entry: few ever say anything,
 * and only then the path matters.
 */
class PlaceNote implements Note {
  readonly #where: Where
  readonly #place: Pick<Place<unknown>, 'path' | 'members'>
  readonly #json: unknown

  constructor(where: Where, place: Pick<Place<unknown>, 'path' | 'members'>, json: unknown) {
    this.#where = where
    this.#place = place
    this.#json = json
  }

  repaired(rule: string, to: unknown): void {
    const [member] = this.#place.members ?? []
    const from = member === undefined ? this.#json : valueAt(this.#json, [member])
    this.#where.report.repaired(this.#path(), rule, { from, to })
  }

  ignored(reason: string): void {
    this.#where.report.ignored(this.#path(), reason)
  }

  #path(): Path {
    const { path, members = [] } = this.#place
    return [...this.#where.path, ...path, ...members.slice(0, 1)]
  }
}

interface Edit<Fields> {
  readonly before: Fields
  readonly after: Fields
}

interface FieldChanges<Fields> {
  readonly change: Change | undefined
  /** What was edited, and cannot be said in this record. */
  readonly unplaced: readonly (keyof Fields)[]
}

/** What has to change in a record so that it reads as `after`; only what differs from `before` is touched. */
export function fieldChanges<Fields extends object>(
  raw: unknown,
  table: Table<Fields>,
  { before, after }: Edit<Fields>,
): FieldChanges<Fields> {
  const edited = table.names.filter((name) => !isDeepStrictEqual(before[name], after[name]))
  const unplaced: (keyof Fields)[] = []
  const changes = edited.map((name) => {
    const change = changeOf(raw, table.own[name] ?? [], after[name])
    if (!change && after[name] !== undefined) unplaced.push(name)
    return change
  })
  return { change: all(changes), unplaced }
}

/** Puts it where it was read from; where nothing is yet, into its first place. */
function changeOf<Value>(raw: unknown, places: readonly Place<Value>[], value: Value): Change | undefined {
  const inUse = places.filter((place) => firstRead(raw, [place]) !== undefined)
  if (value === undefined) return all(inUse.map((place) => at(place.path, REMOVE)))
  const [change] = [...inUse, ...places.filter(({ isAlias }) => isAlias !== true)].flatMap(
    (place) => changeAt(place, raw, value) ?? [],
  )
  if (!change || inUse.length < 2 || isDeepStrictEqual(firstRead(changed(raw, change), places), value))
    return change
  // A place of less weight would speak up again where this one is emptied: it says the same, then.
  return all([change, ...inUse.map((place) => changeAt(place, raw, value))])
}

function changeAt<Value>(place: Place<Value>, raw: unknown, value: Value): Change | undefined {
  const change = place.write(value, valueAt(raw, place.path))
  return change && at(place.path, change)
}

/** A record made anew: a template, and all that differs from what the template says. */
export function filled<Fields extends object>(
  template: unknown,
  table: Table<Fields>,
  edit: Edit<Fields>,
): unknown {
  const { change } = fieldChanges(template, table, edit)
  return change ? changed(template, change) : template
}
