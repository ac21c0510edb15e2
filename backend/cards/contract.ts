import {
  type CardReport,
  type Character,
  type CharacterDraft,
  type Lorebook,
  type LorebookDraft,
} from '#shared/entities.ts'

/** What kind of file it is; a moving PNG counts as `png`, a JPEG with an archive behind it is `jpeg`. */
export type CardFormat = 'png' | 'charx' | 'jpeg' | 'json' | 'yaml'

/** How the card inside is laid out. `text` is the YAML of text-generation-webui. */
export type CardSpec = 'v1' | 'v2' | 'v3' | 'pygmalion' | 'text'

/** What a file of a character holds. */
export interface ReadCard {
  readonly format: CardFormat
  readonly spec: CardSpec
  /** The card's own text, as it stands in the file: JSON, or YAML if that is the format. */
  readonly json: string
  /** Without what belongs to a library: its voice, its lorebooks, its pictures. */
  readonly character: CharacterDraft
  /** The book inside the card. */
  readonly lorebook: LorebookDraft | null
  /** The picture comes first: `icon`, `main`. Of a PNG that is the whole file. */
  readonly assets: readonly CardAsset[]
  readonly report: CardReport
}

/** A picture, sound or the like that belongs to a card. */
export interface CardAsset {
  readonly type: string
  readonly name: string
  /** Lower case, without a dot; `unknown` if nobody said. */
  readonly ext: string
  /** As the card names it. */
  readonly uri: string
  /** null: it is not in the file, but at an address, and was not fetched. */
  readonly bytes: Uint8Array | null
}

/** The file that a character came from. */
export interface OriginalCard {
  readonly format: CardFormat
  readonly bytes: Uint8Array
  /** As it was read. The bytes are what counts. */
  readonly json: string
  /** A card without a name is called after its file; without this it gets its name written into it. */
  readonly fileName?: string
}

/**
 * What is to be written. If nothing was edited since it was read, and the format is the same, that gives the original
 * bytes.
 */
export interface CardToWrite {
  readonly format: 'png' | 'json' | 'charx'
  readonly character: Character
  readonly lorebook: Lorebook | null
  readonly original: OriginalCard | null
  /** A PNG to write into if the original is none; null: a plain one is drawn. */
  readonly picture: Uint8Array | null
  /** Whether `picture` takes the place of the one in the original. */
  readonly isPictureNew?: boolean
  /** For a new archive. One that the original is keeps what it has. */
  readonly assets: readonly CardAsset[]
  /** Written into cards that say when they were last edited, if they were. */
  readonly now: Date
}

/** A lorebook that stands alone in a file. */
export interface ReadLorebook {
  readonly lorebook: LorebookDraft
  /** Whose: `lorebook_v3`, `card`, `sillytavern`, `novelai`, `agnai`, `risu`. */
  readonly format: string
  /** Its own text, as it stands in the file. */
  readonly json: string
  readonly report: CardReport
}

/**
 * backend/cards/read-card.ts:      readCard(bytes, fileName): Promise<ReadCard>
 * backend/cards/write-card.ts:     writeCard(card): Promise<Uint8Array>
 * backend/cards/read-lorebook.ts:  readLorebook(bytes, fileName): Promise<ReadLorebook>
 * backend/cards/write-lorebook.ts: writeLorebook(book, original): string
 *
 * All of them are pure, and take long ones in steps. What cannot be read is an AppError `invalid` with a sentence that says what is wrong with the file.
 */
export interface CardCodec {
  readCard(bytes: Uint8Array, fileName: string): Promise<ReadCard>
  writeCard(card: CardToWrite): Promise<Uint8Array>
  readLorebook(bytes: Uint8Array, fileName: string): Promise<ReadLorebook>
  writeLorebook(book: Lorebook, original: { readonly json: string; readonly format: string } | null): string
}
