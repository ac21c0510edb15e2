import { Character, Lorebook, type CharacterDraft, type LorebookDraft } from '#shared/entities.ts'
import { readCard } from '../../../backend/cards/read-card.ts'
import { type CardToWrite, type ReadCard } from '../../../backend/cards/contract.ts'
import { writeCard } from '../../../backend/cards/write-card.ts'

const STAMP = '2026-03-01T12:00:00.000Z'
export const NOW = new Date('2026-11-21T20:00:00.000Z')

/** As it comes out of a library. */
export function stored(draft: CharacterDraft): Character {
  const kept: unknown = JSON.parse(JSON.stringify(draft))
  return Character.parse({ ...Object(kept), id: 'char-1', revision: 3, created_at: STAMP, updated_at: STAMP })
}

export function storedBook(draft: LorebookDraft): Lorebook {
  const kept: unknown = JSON.parse(JSON.stringify(draft))
  return Lorebook.parse({
    ...Object(kept),
    lorebook_id: 'lore-1',
    revision: 1,
    created_at: STAMP,
    updated_at: STAMP,
  })
}

/** A character in a library, and the file it came from. */
export interface Imported {
  readonly bytes: Uint8Array
  readonly fileName: string
  readonly read: ReadCard
  readonly character: Character
  readonly lorebook: Lorebook | null
}

export async function imported(file: Uint8Array | string, fileName = 'Nameless Hero.png'): Promise<Imported> {
  const bytes = typeof file === 'string' ? Buffer.from(file) : file
  const read = await readCard(bytes, fileName)
  return {
    bytes,
    fileName,
    read,
    character: stored(read.character),
    lorebook: read.lorebook && storedBook(read.lorebook),
  }
}

type Changes = Partial<Pick<CardToWrite, 'format' | 'lorebook' | 'picture' | 'isPictureNew' | 'assets'>> & {
  readonly character?: Partial<Character>
}

/** Exports a character, with changes made since it was imported. */
export function exported(
  from: Imported,
  { character, format, ...changes }: Changes = {},
): Promise<Uint8Array> {
  const own = { png: 'png', charx: 'charx', jpeg: 'charx', json: 'json', yaml: 'json' } as const
  const { bytes, fileName, read } = from
  return writeCard({
    format: format ?? own[read.format],
    character: { ...from.character, ...character },
    lorebook: from.lorebook,
    original: { format: read.format, bytes, json: read.json, fileName },
    picture: null,
    assets: read.assets,
    now: NOW,
    ...changes,
  })
}

/** The places at which two values differ: `data.tags[2]`. */
export function differences(one: unknown, other: unknown, path = ''): string[] {
  if (Object.is(one, other)) return []
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return [path]
  if (Array.isArray(one) !== Array.isArray(other)) return [path]
  const keys = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...keys].flatMap((key) => {
    const step = Array.isArray(one) ? `${path}[${key}]` : `${path}${path && '.'}${key}`
    return differences(Reflect.get(one, key), Reflect.get(other, key), step)
  })
}
