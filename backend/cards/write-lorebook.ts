import { type Lorebook } from '#shared/entities.ts'
import { LAYOUTS } from './character/layouts.ts'
import { bookOf } from './character/read-character.ts'
import { at } from './json/change.ts'
import { rewritten } from './json/rewrite.ts'
import { parseJson, trimmed } from './json/text.ts'
import { lorebookIn } from './lore/detect.ts'
import { DIALECTS } from './lore/dialects.ts'
import { newBook } from './lore/new-book.ts'
import { bookChange, isSameBook } from './lore/patch-book.ts'
import { readBook } from './lore/read-book.ts'
import { Report } from './report.ts'

/**
 * A lorebook as a file: in the words of the program that it came from, with only that changed which was edited; one that
 * was made here as a lorebook of version 3.
 */
export function writeLorebook(
  book: Lorebook,
  original: { readonly json: string; readonly format: string } | null,
): string {
  return (original && patched(book, original.json)) ?? newFile(book)
}

function newFile(book: Lorebook): string {
  return JSON.stringify({ spec: 'lorebook_v3', data: newBook(book, DIALECTS.card) }, undefined, 2)
}

function patched(book: Lorebook, json: string): string | undefined {
  const report = new Report()
  const { whole, start, end } = trimmed(json, report)
  const { value, text } = parseJson(whole.slice(start, end), report)
  const alone = lorebookIn(value)
  const found = alone ?? bookOf(value, LAYOUTS.v3) ?? bookOf(value, LAYOUTS.v1)
  if (!found) return undefined
  const { raw, dialect, path } = found
  // A file without a name was called after itself: that is no edit, and nothing to write down.
  const before = readBook(raw, { dialect, name: book.name, path })
  if (!alone) return isSameBook(before, book) ? json : newFile(book)
  const change = bookChange(raw, dialect, { before, after: book })
  return change ? whole.slice(0, start) + rewritten(text, at(path, change)) + whole.slice(end) : json
}
