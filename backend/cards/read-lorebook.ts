import { AppError } from '../errors.ts'
import { withBreaks } from '../lib/steps.ts'
import { LAYOUTS } from './character/layouts.ts'
import { bookOf } from './character/read-character.ts'
import { type ReadLorebook } from './contract.ts'
import { decoded, parseJson, trimmed } from './json/text.ts'
import { isObject } from './json/values.ts'
import { lorebookIn } from './lore/detect.ts'
import { bookSteps } from './lore/read-book.ts'
import { isPng, chunksOf } from './png/chunks.ts'
import { cardText, pngCards } from './png/card-chunks.ts'
import { textChunk } from './png/text-chunk.ts'
import { nameOfFile } from './read-card.ts'
import { Report } from './report.ts'

/**
 * Reads a lorebook that stands alone in a file, whoever wrote it; also the one inside of a card.
 * @throws AppError `invalid` with a sentence that says what is wrong with the file, if it holds none.
 */
export async function readLorebook(bytes: Uint8Array, fileName: string): Promise<ReadLorebook> {
  const report = new Report()
  const raw = isPng(bytes) ? textInPng(bytes, report) : decoded(bytes, report)
  const { whole, start, end } = trimmed(raw, report)
  const { value } = parseJson(whole.slice(start, end), report)
  const found = lorebookIn(value)
  const inside = isObject(value) ? (bookOf(value, LAYOUTS.v3) ?? bookOf(value, LAYOUTS.v1)) : undefined
  const book = found ?? (inside && { ...inside, format: 'card' })
  if (!book) throw new AppError('invalid', 'This file holds no lorebook that Troupe knows how to read')
  const name = nameOfFile(fileName)
  const source = { dialect: book.dialect, name, path: book.path, report }
  const lorebook = await withBreaks(bookSteps(book.raw, source))
  return { lorebook, format: book.format, json: raw, report: report.done() }
}

/** NovelAI puts its lorebooks into pictures; others put them into the cards there. */
function textInPng(bytes: Uint8Array, report: Report): string {
  for (const chunk of chunksOf(bytes).chunks) {
    const text = textChunk(chunk)
    const data = text?.keyword.toLowerCase() === 'naidata' ? text.bytes() : undefined
    if (data) return cardText(data, report)
  }
  return pngCards(bytes, report).card.raw
}
