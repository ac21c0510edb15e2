import { type LoreEntry } from '#shared/entities.ts'
import { filled } from '../fields/record.ts'
import { isObject, withMember, type JsonObject } from '../json/values.ts'
import { type Dialect } from './dialects.ts'
import { BLANK_BOOK, bookFieldsOf, entryFieldsOf, type BookContent } from './fields.ts'
import { readEntry } from './read-book.ts'

/** A book that was made here, in the words of cards of version 3. */
export function newBook(book: BookContent, dialect: Dialect): JsonObject {
  const ids = new TakenIds([])
  const template = { extensions: {}, entries: [] }
  const result = filled(template, dialect.book, {
    before: { ...BLANK_BOOK, name: '' },
    after: bookFieldsOf(book),
  })
  const entries = book.entries.map((entry) => newEntry(entry, dialect, ids))
  return withMember(isObject(result) ? result : template, 'entries', entries)
}

/** @param taken ids that other entries have; the new one is added. */
export function newEntry(entry: LoreEntry, dialect: Dialect, taken: TakenIds): JsonObject {
  const template = { [dialect.idName]: taken.free(entry.id), ...dialect.template(entry) }
  const before = entryFieldsOf(readEntry({ key: 0, id: entry.id, raw: template }, dialect))
  const result = filled(template, dialect.entry, { before, after: entryFieldsOf(entry) })
  return isObject(result) ? result : template
}

/** The ids of a book's entries. New ones are numbers, as older programs take no other. */
export class TakenIds {
  readonly #taken: Set<string>
  #next: number

  constructor(ids: readonly string[]) {
    this.#taken = new Set(ids)
    const numbers = ids.map(Number).filter((id) => Number.isSafeInteger(id))
    this.#next = numbers.reduce((most, id) => Math.max(most, id), -1) + 1
  }

  /** Behind all others, so that it is last where numbers are the order. */
  free(wanted: string): number {
    const isFree = /^(0|[1-9]\d{0,8})$/.test(wanted) && !this.#taken.has(wanted)
    const id = isFree ? Number(wanted) : this.#next
    this.#taken.add(String(id))
    this.#next = Math.max(this.#next, id + 1)
    return id
  }
}
