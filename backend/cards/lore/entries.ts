import { isObject, valueAt, type JsonObject } from '../json/values.ts'
import { type Report, type Path } from '../report.ts'
import { type Dialect } from './dialects.ts'

/** An entry where it stands in its file. */
export interface RawEntry {
  /** Its index, or its name if the entries are no list. */
  readonly key: string | number
  readonly raw: JsonObject
  /** Told apart from all others, even if its file does not. */
  readonly id: string
}

/** The entries of a book: a list, or an object with a member for each. */
export function rawEntries(book: unknown, dialect: Dialect): RawEntry[] {
  const container = valueAt(book, dialect.entries)
  const items: [string | number, unknown][] = Array.isArray(container)
    ? container.map((item, index) => [index, item])
    : shownOrder(Object.entries(isObject(container) ? container : {}), dialect)
  const used = new Set<string>()
  return items.flatMap(([key, raw]) => {
    if (!dialect.isEntry(raw) || !isObject(raw)) return []
    return [{ key, raw, id: freeId(idOf(raw, dialect) ?? String(key), used) }]
  })
}

/** Members of an object have no order of their own, but may say at which place they are shown. */
function shownOrder(members: [string, unknown][], { order }: Dialect): [string, unknown][] {
  const places = new Map(members.map(([key, raw]) => [key, valueAt(raw, order)]))
  const placeOf = (key: string): number => Number(places.get(key))
  const isOrdered = [...places.values()].every((place) => typeof place === 'number')
  return isOrdered ? members.toSorted(([one], [other]) => placeOf(one) - placeOf(other)) : members
}

function idOf(raw: JsonObject, { idName }: Dialect): string | undefined {
  const id = valueAt(raw, [idName])
  const text = typeof id === 'number' ? String(id) : id
  return typeof text === 'string' && text !== '' && text.length <= 190 ? text : undefined
}

function freeId(wanted: string, used: Set<string>): string {
  let id = wanted.slice(0, 190)
  for (let count = 2; used.has(id); count += 1) id = `${wanted.slice(0, 190)}-${used.size}-${count}`
  used.add(id)
  return id
}

/** Says what of the entries is unusual. */
export function noteEntries(
  book: unknown,
  dialect: Dialect,
  { report, path }: { report: Report; path: Path },
): void {
  const container = valueAt(book, dialect.entries)
  const full = [...path, ...dialect.entries]
  const entries = rawEntries(book, dialect)
  if (dialect.name === 'card' && isObject(container)) {
    report.repaired(full, 'an object where a list belongs', {
      from: 'object',
      to: `${entries.length} entries`,
    })
  }
  const all = Array.isArray(container) ? container : Object.values(isObject(container) ? container : {})
  if (all.some((item) => !isObject(item))) report.ignored(full, 'Some of them are no entries')
  if (container === null || (container !== undefined && typeof container !== 'object')) {
    report.repaired(full, 'no list of entries', { from: container, to: [] })
  }
  const ids = entries.map(({ raw }) => idOf(raw, dialect))
  if (new Set(ids.filter((id) => id !== undefined)).size < entries.length && dialect.name === 'card') {
    report.repaired(full, 'entries without an id, or with the same', { from: '', to: 'numbered' })
  }
}
