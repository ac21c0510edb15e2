import { type LoreEntry } from '#shared/entities.ts'
import { filled } from '../fields/record.ts'
import { isObject, withMember, type JsonObject } from '../json/values.ts'
import { type Dialect } from './dialects.ts'
import { BLANK_BOOK, bookFieldsOf, entryFieldsOf, type BookContent } from './fields.ts'
import { readEntry } from './read-book.ts'

/** A book that was made here, in the words of cards of version 3. */
export function newBook(book: BookContent, dialect: Dialect): JsonObject {
  const ids = new Set<string>()
  const template = { extensions: {}, entries: [] }
  const result = filled(template, dialect.book, {
    before: { ...BLANK_BOOK, name: '' },
    after: bookFieldsOf(book),
  })
  const entries = book.entries.map((entry) => newEntry(entry, dialect, ids))
  return withMember(isObject(result) ? result : template, 'entries', entries)
}

/** @param taken ids that other entries have; the new one is added. */
export function newEntry(entry: LoreEntry, dialect: Dialect, taken: Set<string>): JsonObject {
  const template = { [dialect.idName]: freeId(entry.id, taken), ...dialect.template(entry) }
  const before = entryFieldsOf(readEntry({ key: 0, id: entry.id, raw: template }, dialect))
  const result = filled(template, dialect.entry, { before, after: entryFieldsOf(entry) })
  return isObject(result) ? result : template
}

/** A number, as older programs take no other: behind all others, so that it is last where numbers are the order. */
function freeId(wanted: string, taken: Set<string>): number {
  const isFree = /^(0|[1-9]\d{0,8})$/.test(wanted) && !taken.has(wanted)
  const numbers = [...taken].map(Number).filter((number) => Number.isSafeInteger(number))
  const id = isFree ? Number(wanted) : numbers.reduce((most, number) => Math.max(most, number), -1) + 1
  taken.add(String(id))
  return id
}
