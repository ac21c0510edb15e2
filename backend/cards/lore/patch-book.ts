import { isDeepStrictEqual } from 'node:util'
import { type LoreEntry } from '#shared/entities.ts'
import { fieldChanges } from '../fields/record.ts'
import { all, at, both, REMOVE, set, type Change, type Item } from '../json/change.ts'
import { isObject, valueAt } from '../json/values.ts'
import { type Dialect } from './dialects.ts'
import { rawEntries, type RawEntry } from './entries.ts'
import { bookFieldsOf, entryFieldsOf, type BookContent } from './fields.ts'
import { newEntry, TakenIds } from './new-book.ts'

interface BookEdit {
  readonly before: BookContent
  readonly after: BookContent
}

export function isSameBook(one: BookContent, other: BookContent): boolean {
  return (
    isDeepStrictEqual(bookFieldsOf(one), bookFieldsOf(other)) && isDeepStrictEqual(one.entries, other.entries)
  )
}

/** What has to change in a book's file; entries that nobody touched keep their bytes. */
export function bookChange(raw: unknown, dialect: Dialect, { before, after }: BookEdit): Change | undefined {
  const fields = {
    before:
      before.name === '' ? { ...bookFieldsOf({ ...before, name: '?' }), name: '' } : bookFieldsOf(before),
    after: bookFieldsOf(after),
  }
  return all([
    fieldChanges(raw, dialect.book, fields).change,
    isDeepStrictEqual(before.entries, after.entries)
      ? undefined
      : at(dialect.entries, entriesChange(raw, dialect, { before, after })),
  ])
}

function entriesChange(raw: unknown, dialect: Dialect, edit: BookEdit): Change {
  const container = valueAt(raw, dialect.entries)
  const entries = new Entries(raw, dialect, edit)
  if (Array.isArray(container)) return { kind: 'items', items: entries.items(container) }
  if (isObject(container)) return { kind: 'members', members: entries.members() }
  return set(edit.after.entries.map((entry) => newEntry(entry, dialect, entries.takenIds)))
}

class Entries {
  readonly takenIds: TakenIds
  readonly #dialect: Dialect
  readonly #raw: ReadonlyMap<string, RawEntry>
  readonly #before: ReadonlyMap<string, LoreEntry>
  readonly #after: readonly LoreEntry[]

  constructor(raw: unknown, dialect: Dialect, { before, after }: BookEdit) {
    const entries = rawEntries(raw, dialect)
    this.#dialect = dialect
    this.#raw = new Map(entries.map((entry) => [entry.id, entry]))
    this.#before = new Map(before.entries.map((entry) => [entry.id, entry]))
    this.#after = after.entries
    this.takenIds = new TakenIds(entries.map(({ id }) => id))
  }

  items(container: readonly unknown[]): Item[] {
    const after = new Map(this.#after.map((entry) => [entry.id, entry]))
    const isSameOrder = isDeepStrictEqual([...this.#before.keys()], [...after.keys()])
    const byIndex = new Map([...this.#raw.values()].map((entry) => [entry.key, entry]))
    if (isSameOrder) {
      return container.map((_, from) => {
        const entry = after.get(byIndex.get(from)?.id ?? '')
        return { from, change: entry && this.#change(entry) }
      })
    }
    // What is no entry, and what came after the last one that was read, stays.
    const others = container.flatMap((_, from): Item[] => {
      const entry = byIndex.get(from)
      return entry && this.#before.has(entry.id) ? [] : [{ from }]
    })
    return [...others, ...this.#after.map((entry) => this.#item(entry))]
  }

  members(): ReadonlyMap<string, Change> {
    const changes: [string, Change][] = []
    const after = new Set(this.#after.map(({ id }) => id))
    for (const [id, { key }] of this.#raw) {
      if (this.#before.has(id) && !after.has(id)) changes.push([String(key), REMOVE])
    }
    const shown = this.#after.map((entry) => this.#member(entry))
    const inOrder = this.#inOrder(shown.map(({ key }) => key))
    for (const [index, { key, change }] of shown.entries()) {
      const placed = both(change, inOrder ? undefined : at(this.#dialect.order, set(index)))
      if (placed) changes.push([key, placed])
    }
    return new Map(changes)
  }

  #member(entry: LoreEntry): { readonly key: string; readonly change: Change | undefined } {
    const raw = this.#raw.get(entry.id)
    if (raw) return { key: String(raw.key), change: this.#change(entry) }
    const value = newEntry(entry, this.#dialect, this.takenIds)
    const members = Object.entries(value).map(([name, one]) => [name, set(one)] as const)
    return {
      key: String(value[this.#dialect.idName]),
      change: { kind: 'members', members: new Map(members) },
    }
  }

  /** Whether the entries would be shown like this without being told so. */
  #inOrder(keys: readonly string[]): boolean {
    const isTold = [...this.#raw.values()].some(({ raw }) => valueAt(raw, this.#dialect.order) !== undefined)
    const isSame = isDeepStrictEqual(
      [...this.#before.keys()],
      this.#after.map(({ id }) => id),
    )
    // Numbers come first in an object, in their order.
    const natural = Object.keys(Object.fromEntries(keys.map((key) => [key, true])))
    return isSame || (!isTold && isDeepStrictEqual(natural, keys))
  }

  #item(entry: LoreEntry): Item {
    const raw = this.#raw.get(entry.id)
    if (!raw || typeof raw.key !== 'number') return { value: newEntry(entry, this.#dialect, this.takenIds) }
    return { from: raw.key, change: this.#change(entry) }
  }

  #change(after: LoreEntry): Change | undefined {
    const raw = this.#raw.get(after.id)
    const before = this.#before.get(after.id)
    if (!raw || !before || isDeepStrictEqual(before, after)) return undefined
    const fields = { before: entryFieldsOf(before), after: entryFieldsOf(after) }
    return fieldChanges(raw.raw, this.#dialect.entry, fields).change
  }
}
