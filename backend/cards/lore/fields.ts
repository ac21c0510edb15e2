import { LoreEntry, Lorebook, LorebookDraft } from '#shared/entities.ts'
import { type Some } from '../fields/place.ts'

export type EntryFields = Omit<LoreEntry, 'id'>

const BOOK_FIELDS = {
  name: true,
  description: true,
  scan_depth: true,
  token_budget: true,
  is_recursive: true,
  is_case_sensitive: true,
  matches_whole_words: true,
} as const

/** What of a lorebook is in its file, beside the entries. */
export type BookFields = Pick<Lorebook, keyof typeof BOOK_FIELDS>

export type BookContent = BookFields & Pick<Lorebook, 'entries'>

const bookSchema = Lorebook.pick(BOOK_FIELDS)

export const BOOK_FIELD_NAMES = bookSchema.keyof().options
const entrySchema = LoreEntry.omit({ id: true })
export const ENTRY_FIELD_NAMES = entrySchema.keyof().options
const someOfBook = bookSchema.partial()
const someOfEntry = entrySchema.partial()

export function someBookFields(object: unknown): Some<BookFields> | undefined {
  return someOfBook.safeParse(object).data
}

export function someEntryFields(object: unknown): Some<EntryFields> | undefined {
  return someOfEntry.safeParse(object).data
}

/** An entry as it is if its file says nothing of it. */
export const BLANK_ENTRY: LoreEntry = LoreEntry.parse({ id: '' })

/** A book as it is if its file says nothing of it. */
export const BLANK_BOOK: BookFields = { ...bookSchema.parse(LorebookDraft.parse({ name: '?' })), name: '' }

export function bookFieldsOf(book: BookFields): BookFields {
  return bookSchema.parse(book)
}

export function entryFieldsOf(entry: LoreEntry): EntryFields {
  const { id: _, ...fields } = entry
  return fields
}
