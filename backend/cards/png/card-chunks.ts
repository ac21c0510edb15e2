import { AppError } from '../../errors.ts'
import { decoded, parseJson, trimmed } from '../json/text.ts'
import { isObject } from '../json/values.ts'
import { type Report } from '../report.ts'
import { chunksOf, hasRightChecksum, type Chunk } from './chunks.ts'
import { textChunk, type TextChunk } from './text-chunk.ts'

/** Where the newer version of a card stands; the older one is only for programs that do not know this. */
const KEYWORDS = ['ccv3', 'chara'] as const
export type CardKeyword = (typeof KEYWORDS)[number]

/** A card that was found in a PNG. */
export interface FoundCard {
  readonly keyword: CardKeyword
  /** As it stands there, decoded. */
  readonly raw: string
  /** As JSON.parse takes it. */
  readonly text: string
  readonly value: unknown
}

export interface PngCards {
  readonly chunks: readonly Chunk[]
  /** The one that counts. */
  readonly card: FoundCard
  /** The copy for older programs, if there is one that can be read. */
  readonly copy: FoundCard | undefined
}

/** More of the same than any program writes. */
const MAX_TRIES = 5

/** Finds the card in a PNG. @throws AppError `invalid` with a sentence that says why there is none. */
export function pngCards(bytes: Uint8Array, report: Report): PngCards {
  const { chunks, isWhole } = chunksOf(bytes)
  if (!isWhole) report.ignored(['png'], 'The picture is cut off or damaged')
  const texts = chunks.flatMap((chunk) => textChunk(chunk) ?? [])
  const search = new CardSearch(bytes, report)
  const [newer, older] = KEYWORDS.map((keyword) => search.find(keyword, texts))
  const card = newer ?? older
  if (!card) throw new AppError('invalid', search.failure(isWhole))
  return { chunks, card, copy: newer ? older : undefined }
}

class CardSearch {
  readonly #bytes: Uint8Array
  readonly #report: Report
  #isEncrypted = false
  #isBroken = false

  constructor(bytes: Uint8Array, report: Report) {
    this.#bytes = bytes
    this.#report = report
  }

  /** The last one that can be read: careless programs append theirs and leave the old one. */
  find(keyword: CardKeyword, all: readonly TextChunk[]): FoundCard | undefined {
    const texts = all.filter((text) => text.keyword.toLowerCase() === keyword)
    for (const text of texts.toReversed().slice(0, MAX_TRIES)) {
      const found = this.#read(keyword, text)
      if (!found) continue
      this.#note(keyword, { text, texts })
      return found
    }
    return undefined
  }

  failure(isWhole: boolean): string {
    if (this.#isEncrypted) return 'This card is encrypted: only the program that wrote it can read it'
    if (this.#isBroken) return 'This picture holds a card, but the card is damaged and cannot be read'
    if (!isWhole) return 'This picture is cut off or damaged, and no card was found in what is left of it'
    return 'This picture holds no character: it may have been saved again without it'
  }

  #read(keyword: CardKeyword, text: TextChunk): FoundCard | undefined {
    const bytes = text.bytes()
    if (!bytes) {
      this.#isBroken = true
      return undefined
    }
    try {
      const raw = cardText(bytes, this.#report)
      if (raw.startsWith('rcc||')) {
        this.#isEncrypted = true
        return undefined
      }
      const { whole, start, end } = trimmed(raw, this.#report)
      const parsed = parseJson(whole.slice(start, end), this.#report)
      if (!isObject(parsed.value)) throw new AppError('invalid', 'It is no object')
      return { keyword, raw, ...parsed }
    } catch {
      this.#isBroken = true
      return undefined
    }
  }

  #note(keyword: CardKeyword, { text, texts }: { text: TextChunk; texts: readonly TextChunk[] }): void {
    const path = ['png', keyword]
    const { type } = text.chunk
    if (type !== 'tEXt') this.#report.repaired(path, `read from ${type}`, { from: type, to: 'tEXt' })
    if (text.keyword !== keyword) {
      this.#report.repaired(path, 'the keyword in other letters', { from: text.keyword, to: keyword })
    }
    if (texts.some((other) => !isSame(other, text))) {
      this.#report.repaired(path, 'several cards in one picture: the last that can be read', {
        from: `${texts.length} cards`,
        to: 'the last',
      })
    }
    if (!hasRightChecksum(this.#bytes, text.chunk)) {
      this.#report.ignored(path, 'Its checksum is wrong: the card may be damaged')
    }
  }
}

function isSame(one: TextChunk, other: TextChunk): boolean {
  return one === other || Buffer.compare(one.chunk.data, other.chunk.data) === 0
}

/** base64 as it should be, also with line breaks and without its padding; or the JSON itself. */
export function cardText(bytes: Uint8Array, report: Report): string {
  const start = bytes.findIndex((byte) => byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf)
  const isJson = bytes[start] === 0x7b || bytes[start] === 0x5b
  const text = Buffer.from(bytes)
  if (isJson || text.toString('latin1', 0, 5) === 'rcc||') return decoded(bytes, report)
  return decoded(Buffer.from(text.toString('latin1'), 'base64'), report)
}
