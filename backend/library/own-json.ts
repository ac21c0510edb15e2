import { z } from 'zod'
import { CharacterDraft, type Character } from '#shared/entities.ts'
import { AppError } from '../errors.ts'

/** Characters as Troupe writes them itself, and lists of cards: what no other program calls a card. */
export type ListedCharacter = { readonly draft: CharacterDraft } | { readonly card: Buffer }

/** Our own names, which cards spell otherwise (`first_mes`, `mes_example`). */
const OwnCharacter = z.looseObject({
  name: z.string(),
  first_message: z.string(),
  message_examples: z.string(),
  spec: z.undefined().optional(),
})
const List = z.array(z.looseObject({ name: z.unknown() }).or(z.looseObject({ spec: z.unknown() }))).min(1)

/** No list of characters is larger; a card may be. */
const MAX_BYTES = 50 * 1024 * 1024

/** @returns undefined if the file is something else: a card, most likely. */
export function listedCharacters(bytes: Uint8Array): ListedCharacter[] | undefined {
  const json = parsed(bytes)
  if (OwnCharacter.safeParse(json).success) return [read(json)]
  const list = List.safeParse(json)
  return list.success ? list.data.map(read) : undefined
}

function read(json: unknown): ListedCharacter {
  const own = OwnCharacter.safeParse(json).data
  if (!own) return { card: Buffer.from(JSON.stringify(json)) }
  const { success, data, error } = CharacterDraft.safeParse({ ...own, ...BELONGS_TO_A_LIBRARY })
  if (success) return { draft: data }
  const [issue] = error.issues
  throw new AppError(
    'invalid',
    `Cannot read the character "${own.name}": ${issue?.path.join('.')}: ${issue?.message}`,
  )
}

/** Voices and lorebooks of another library are not there. */
const BELONGS_TO_A_LIBRARY = {
  voice_id: null,
  lorebook_ids: [],
  is_active: false,
} satisfies Partial<Character>

function parsed(bytes: Uint8Array): unknown {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const first = text
    .subarray(0, 64)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart()[0]
  if ((first !== '{' && first !== '[') || bytes.length > MAX_BYTES) return undefined
  // A single card is told apart without parsing all of it.
  if (first === '{' && !text.includes('"first_message"')) return undefined
  try {
    return JSON.parse(text.toString('utf8').replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
}
