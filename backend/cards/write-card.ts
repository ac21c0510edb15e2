import { macrotask } from '../lib/macrotask.ts'
import { withBreaks } from '../lib/steps.ts'
import { AppError } from '../errors.ts'
import { cardFieldsOf } from './character/card-fields.ts'
import {
  edited,
  isSameContent,
  upgraded,
  withChange,
  type CardText,
  type Content,
} from './character/card-text.ts'
import { characterSteps } from './character/read-character.ts'
import { newCard } from './character/upgrade.ts'
import { type CardToWrite } from './contract.ts'
import { at, set } from './json/change.ts'
import { valueAt } from './json/values.ts'
import { openCard } from './open-card.ts'
import { isPng } from './png/chunks.ts'
import { nameOfFile } from './read-card.ts'
import { Report } from './report.ts'
import { archiveFile } from './write-archive-card.ts'
import { pngFile } from './write-png-card.ts'
import { type Source, type Writing } from './writing.ts'

/**
 * Writes the file of a character. What was not edited since it was read goes out as it came in, to the byte; of what
 * was edited, only that changes.
 */
export async function writeCard(card: CardToWrite): Promise<Uint8Array> {
  if (card.picture && !isPng(card.picture))
    throw new AppError('invalid', 'Cards can only be put into PNG pictures')
  const after = { fields: cardFieldsOf(card.character), lorebook: card.lorebook }
  const source = card.original ? await sourceOf(card.original) : undefined
  if (source && card.isPictureNew !== true && isUntouched(source, after, card.format)) return source.bytes
  await macrotask()
  const text = source ? editedText(source, after, card.now) : madeText(after, card)
  const writing = { card, source, text, after }
  await macrotask()
  switch (card.format) {
    case 'png':
      return pngFile(writing)
    case 'charx':
      return archiveFile(writing)
    default:
      return jsonFile(writing)
  }
}

async function sourceOf(original: NonNullable<CardToWrite['original']>): Promise<Source> {
  const open = await openCard(original.bytes, new Report())
  const name = original.fileName === undefined ? '' : nameOfFile(original.fileName)
  const before = await withBreaks(characterSteps(open.value, { spec: open.spec, name }))
  return { open, bytes: original.bytes, before }
}

function isUntouched({ open, before }: Source, after: Content, format: CardToWrite['format']): boolean {
  const isSameFormat = open.format === format || (open.format === 'jpeg' && format === 'charx')
  return isSameFormat && isSameContent(before, after)
}

function editedText({ open, before }: Source, after: Content, now: Date): CardText {
  const card = { spec: open.spec, text: open.text, value: open.value }
  if (isSameContent(before, after)) return card
  const result = edited(card, { before, after })
  const isDated = result.spec === 'v3' && valueAt(result.value, ['data', 'modification_date']) !== undefined
  return isDated ? withChange(result, at(['data', 'modification_date'], set(secondsOf(now)))) : result
}

function madeText(after: Content, { now, character }: CardToWrite): CardText {
  const card = newCard(after)
  const dates = {
    creation_date: secondsOf(new Date(character.created_at)),
    modification_date: secondsOf(now),
  }
  const text = JSON.stringify(card, undefined, 2)
  const changes = Object.entries(dates).map(([name, seconds]) => at(['data', name], set(seconds)))
  return changes.reduce(withChange, { spec: 'v3', text, value: card })
}

function secondsOf(date: Date): number {
  return Math.floor(date.getTime() / 1_000)
}

/** JSON stays in its version; what was never JSON becomes version 3. */
function jsonFile({ source, text, after }: Writing): Uint8Array {
  if (source?.open.format === 'yaml') return Buffer.from(upgraded(text, after).text)
  if (source?.open.container.kind !== 'plain') return Buffer.from(text.text)
  const { whole, start, end } = source.open.container.around
  return Buffer.from(whole.slice(0, start) + text.text + whole.slice(end))
}
