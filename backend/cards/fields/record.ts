import { isDeepStrictEqual } from 'node:util'
import { all, at, changed, REMOVE, type Change } from '../json/change.ts'
import { valueAt } from '../json/values.ts'
import { type Path, type Report } from '../report.ts'
import { SILENT, type Note, type Place, type Places } from './place.ts'

/** Reads the fields that a record has; the others are left out. */
export function readFields<Fields extends object>(
  raw: unknown,
  places: Places<Fields>,
  where: { readonly report: Report; readonly path: Path },
): Partial<Fields> {
  const fields: Partial<Fields> = {}
  for (const name of namesOf(places)) {
    for (const place of places[name]) {
      const json = valueAt(raw, place.path)
      if (json === undefined) continue
      const value = place.read(json, noteAt(where, place, json))
      if (value === undefined) continue
      fields[name] = value
      break
    }
  }
  return fields
}

function noteAt(
  { report, path }: { readonly report: Report; readonly path: Path },
  place: Pick<Place<unknown>, 'path' | 'members'>,
  json: unknown,
): Note {
  const full = [...path, ...place.path, ...(place.members?.slice(0, 1) ?? [])]
  const from = place.members ? valueAt(json, place.members.slice(0, 1)) : json
  return {
    repaired: (rule, to) => report.repaired(full, rule, { from, to }),
    ignored: (reason) => report.ignored(full, reason),
  }
}

export interface FieldChanges<Fields> {
  readonly change: Change | undefined
  /** What was edited, and cannot be said in this record. */
  readonly unplaced: readonly (keyof Fields)[]
}

/** What has to change in a record so that it reads as `after`; only what differs from `before` is touched. */
export function fieldChanges<Fields extends object>(
  raw: unknown,
  places: Places<Fields>,
  { before, after }: { readonly before: Fields; readonly after: Fields },
): FieldChanges<Fields> {
  const edited = namesOf(places).filter((name) => !isDeepStrictEqual(before[name], after[name]))
  const unplaced: (keyof Fields)[] = []
  const changes = edited.map((name) => {
    const change = changeOf(raw, places[name], after[name])
    if (!change && after[name] !== undefined) unplaced.push(name)
    return change
  })
  return { change: all(changes), unplaced }
}

/** Puts it where it was read from; where nothing is yet, into its first place. */
function changeOf<Value>(raw: unknown, places: readonly Place<Value>[], value: Value): Change | undefined {
  const inUse = places.filter((place) => isRead(place, raw))
  if (value === undefined) return all(inUse.map((place) => at(place.path, REMOVE)))
  const [change] = [...inUse, ...places.filter((place) => place.isAlias !== true)].flatMap(
    (place) => changeAt(place, raw, value) ?? [],
  )
  if (!change || places.length === 1) return change
  // A place of less weight would speak up again where this one is emptied: it says the same, then.
  const result = changed(raw, change)
  const found = firstRead(places, result)
  if (found === undefined || isDeepStrictEqual(found, value)) return change
  return all([change, ...inUse.map((place) => changeAt(place, raw, value))])
}

function changeAt<Value>(place: Place<Value>, raw: unknown, value: Value): Change | undefined {
  const change = place.write(value, valueAt(raw, place.path))
  return change && (place.path.length === 0 ? change : at(place.path, change))
}

function isRead<Value>(place: Place<Value>, raw: unknown): boolean {
  const json = valueAt(raw, place.path)
  return json !== undefined && place.read(json, SILENT) !== undefined
}

function firstRead<Value>(places: readonly Place<Value>[], raw: unknown): Value | undefined {
  for (const place of places) {
    const json = valueAt(raw, place.path)
    const value = json === undefined ? undefined : place.read(json, SILENT)
    if (value !== undefined) return value
  }
  return undefined
}

/** A record made anew: a template, and all that differs from what the template says. */
export function filled<Fields extends object>(
  template: unknown,
  places: Places<Fields>,
  { before, after }: { readonly before: Fields; readonly after: Fields },
): unknown {
  const { change } = fieldChanges(template, places, { before, after })
  return change ? changed(template, change) : template
}

export function namesOf<Fields extends object>(places: Places<Fields>): (keyof Fields)[] {
  // Object.keys knows no names; the type demands exactly these.
  return Object.keys(places) as (keyof Fields)[]
}

/** The paths that places read, for telling what nobody reads. */
export function pathsOf(places: Places<object>): Path[] {
  const all: readonly (readonly Place<unknown>[])[] = Object.values(places)
  return all.flat().flatMap(({ path, members }): Path[] => members?.map((name) => [...path, name]) ?? [path])
}

