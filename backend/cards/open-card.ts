import { parse as parseYaml } from 'yaml'
import { AppError } from '../errors.ts'
import { readArchive, unpacked, isIntact, type Archive } from './archive/read-archive.ts'
import { locateArchive } from './archive/locate.ts'
import { type CardFormat, type CardSpec } from './contract.ts'
import { specOf } from './detect.ts'
import { decoded, parseJson, trimmed, type JsonText } from './json/text.ts'
import { isObject } from './json/values.ts'
import { MAX_INFLATED_CARD_BYTES } from './limits.ts'
import { isPng } from './png/chunks.ts'
import { pngCards, type PngCards } from './png/card-chunks.ts'
import { type Report } from './report.ts'

/** What the card stands in. */
export type Container =
  | { readonly kind: 'png'; readonly cards: PngCards }
  | { readonly kind: 'archive'; readonly archive: Archive; readonly cardName: string }
  | { readonly kind: 'plain'; readonly around: JsonText }

/** A file of a card, opened; what its fields say is not read yet. */
export interface OpenCard {
  readonly format: CardFormat
  readonly container: Container
  /** The card's text as it stands there. */
  readonly raw: string
  /** As JSON. */
  readonly text: string
  readonly value: unknown
  readonly spec: CardSpec
}

/** Opens a file by what is in it, whatever it is called. @throws AppError `invalid` if it holds no card. */
export async function openCard(bytes: Uint8Array, report: Report): Promise<OpenCard> {
  const opened = await openBytes(bytes, report)
  return { ...opened, spec: specOf(opened.value, report) }
}

type Opened = Omit<OpenCard, 'spec'>

function openBytes(bytes: Uint8Array, report: Report): Opened | Promise<Opened> {
  if (bytes.length === 0) throw new AppError('invalid', 'This file is empty')
  if (isPng(bytes)) return openPng(bytes, report)
  if (startsWith(bytes, [0x50, 0x4b, 0x03, 0x04])) return openArchive(bytes, 'charx', report)
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) {
    if (locateArchive(bytes)) return openArchive(bytes, 'jpeg', report)
    throw new AppError(
      'invalid',
      'This JPEG holds no character: only those with an archive behind the picture do',
    )
  }
  const other = OTHER_FILES.find(({ magic, at }) => startsWith(bytes.subarray(at), magic))
  if (other) throw new AppError('invalid', `This is ${other.name}, and holds no character that can be read`)
  return openText(bytes, report)
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte)
}

const OTHER_FILES = [
  { name: 'a WEBP picture', magic: [0x57, 0x45, 0x42, 0x50], at: 8 },
  { name: 'a GIF picture', magic: [0x47, 0x49, 0x46, 0x38], at: 0 },
  { name: 'a PDF document', magic: [0x25, 0x50, 0x44, 0x46], at: 0 },
  { name: 'an empty archive', magic: [0x50, 0x4b, 0x05, 0x06], at: 0 },
]

function openPng(bytes: Uint8Array, report: Report): Opened {
  const cards = pngCards(bytes, report)
  const { raw, text, value } = cards.card
  return { format: 'png', container: { kind: 'png', cards }, raw, text, value }
}

async function openArchive(bytes: Uint8Array, format: 'charx' | 'jpeg', report: Report): Promise<Opened> {
  const archive = await readArchive(bytes)
  const card =
    archive.files.find(({ name }) => name === 'card.json') ??
    archive.files.find(({ name }) => name.toLowerCase() === 'card.json')
  if (!card) throw new AppError('invalid', 'This archive holds no character: there is no card.json in it')
  const json = await unpacked(card, MAX_INFLATED_CARD_BYTES)
  if (!json)
    throw new AppError('invalid', 'The card.json of this archive is locked, or packed in an unusual way')
  if (!isIntact(card, json)) report.ignored(['card.json'], 'Its checksum is wrong: the card may be damaged')
  for (const { name } of archive.files) {
    if (/\.risum$/i.test(name))
      report.ignored([name], 'What a module of RisuAI adds to the card is kept, but not used')
  }
  const container = { kind: 'archive', archive, cardName: card.name } as const
  const raw = decoded(json, report)
  const { whole, start, end } = trimmed(raw, report)
  return { format, container, raw, ...parseJson(whole.slice(start, end), report) }
}

function openText(bytes: Uint8Array, report: Report): Opened {
  const raw = decoded(bytes, report)
  const around = trimmed(raw, report)
  const text = raw.slice(around.start, around.end)
  const container = { kind: 'plain', around } as const
  if (/^[{[]/.test(text)) return { format: 'json', container, raw, ...parseJson(text, report) }
  const value = yamlValue(text)
  if (!isObject(value)) {
    throw new AppError(
      'invalid',
      'This file is neither a picture, an archive nor a text that holds a character',
    )
  }
  return { format: 'yaml', container, raw, text: JSON.stringify(value, undefined, 2), value }
}

/** Larger than anything that people write by hand. */
const MAX_YAML = 1_000_000

function yamlValue(text: string): unknown {
  if (text.length > MAX_YAML || text.includes('\0')) return undefined
  try {
    return parseYaml(text, { maxAliasCount: 50, logLevel: 'silent' })
  } catch {
    return undefined
  }
}
