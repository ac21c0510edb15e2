import { CharacterDraft, LorebookDraft } from '#shared/entities.ts'
import { type CardCodec } from '../../backend/cards/contract.ts'
import { AppError } from '../../backend/errors.ts'

/** Stand-in until the codecs are here: V2 JSON, alone or in a PNG. */
export const plainCards: CardCodec = {
  async readCard(bytes) {
    const isPng = bytes[0] === 0x89
    const latin = Buffer.from(bytes).toString('latin1')
    const chunk = /tEXtchara\0([A-Za-z0-9+/=]+)/.exec(latin)?.[1]
    if (isPng && !chunk) throw new AppError('invalid', 'The picture holds no character card')
    const json = isPng
      ? Buffer.from(chunk ?? '', 'base64').toString('utf8')
      : Buffer.from(bytes).toString('utf8')
    const card = parsed(json)
    const data = card?.data ?? card
    if (!data?.name) throw new AppError('invalid', 'The file is no character card')
    return {
      format: isPng ? 'png' : 'json',
      spec: 'v2',
      json,
      character: CharacterDraft.parse({
        name: data.name,
        description: data.description ?? '',
        first_message: data.first_mes ?? '',
        creator: data.creator ?? '',
        tags: data.tags ?? [],
      }),
      lorebook: data.character_book
        ? LorebookDraft.parse({
            name: data.character_book.name ?? data.name,
            entries: data.character_book.entries.map(
              (entry: { keys: string[]; content: string }, at: number) => ({
                id: String(at),
                keys: entry.keys,
                content: entry.content,
              }),
            ),
          })
        : null,
      assets: isPng ? [{ type: 'icon', name: 'main', ext: 'png', uri: '', bytes }] : [],
      report: { repaired: [], ignored: [], kept: [] },
    }
  },
  async writeCard({ character, original, format }) {
    if (original && original.format === format) {
      const before = await plainCards.readCard(original.bytes, '')
      if (
        before.character.name === character.name &&
        before.character.description === character.description
      ) {
        return original.bytes
      }
    }
    return Buffer.from(JSON.stringify({ spec: 'chara_card_v2', data: { name: character.name } }))
  },
  readLorebook(bytes) {
    const json = Buffer.from(bytes).toString('utf8')
    const book = parsed(json)
    if (!book?.entries) throw new AppError('invalid', 'The file is no lorebook')
    const entries = Object.values(book.entries as Record<string, { key?: string[]; content: string }>)
    return {
      lorebook: LorebookDraft.parse({
        name: book.name ?? 'A book',
        entries: entries.map((entry, at) => ({
          id: String(at),
          keys: entry.key ?? [],
          content: entry.content,
        })),
      }),
      format: 'sillytavern',
      json,
      report: { repaired: [], ignored: [], kept: [] },
    }
  },
  writeLorebook: (book) => JSON.stringify(book),
}

// oxlint-disable-next-line typescript/no-explicit-any
function parsed(json: string): any {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
