import { z } from 'zod'
import { type Character, CharacterDraft, type DepthPrompt } from '#shared/entities.ts'

export const CHARACTER_FORMATS = ['troupe', 'v2', 'v3'] as const
export type CharacterFormat = (typeof CHARACTER_FORMATS)[number]

export interface ReadCharacter {
  readonly draft: CharacterDraft
  /** For people: what was in the file, and is not in the character. */
  readonly leftOut: readonly string[]
}

const Text = z.string().catch('')
const Texts = z.array(z.string()).catch([])

/** The depth prompt of a card, which SillyTavern keeps under `extensions`. */
const CardDepthPrompt = z.object({
  prompt: z.string(),
  depth: z.coerce.number().int().min(0).max(1_000).catch(4),
  role: z.enum(['system', 'user', 'assistant']).catch('system'),
})

/** The fields of card versions 1 to 3 that a character of ours has. Cards in the wild are sloppy: wrong fields are empty. */
const CardData = z.object({
  name: z.string().trim().min(1).max(200),
  description: Text,
  personality: Text,
  scenario: Text,
  first_mes: Text,
  mes_example: Text,
  creator_notes: Text,
  system_prompt: Text,
  post_history_instructions: Text,
  alternate_greetings: Texts,
  group_only_greetings: Texts,
  tags: Texts,
  nickname: Text,
  character_version: Text,
  character_book: z.unknown().optional(),
  assets: z.array(z.unknown()).catch([]),
  extensions: z.record(z.string(), z.unknown()).catch({}),
})
type CardData = z.infer<typeof CardData>

const CardFile = z.object({
  spec: z.enum(['chara_card_v2', 'chara_card_v3']),
  data: CardData,
})
const FirstCard = CardData.extend({ first_mes: z.string() })

/**
 * Reads the characters of a JSON file: ours, one or a list of them, or a card of version 1, 2 or 3.
 * @throws Error with a short reason if it is neither.
 */
export function readCharacters(json: unknown): ReadCharacter[] {
  if (Array.isArray(json)) return json.flatMap((one: unknown) => readCharacters(one))
  const card = CardFile.safeParse(json).data?.data ?? FirstCard.safeParse(json).data
  if (card) return [fromCard(card)]
  const own = CharacterDraft.safeParse(withDefaults(json))
  if (own.success) return [{ draft: own.data, leftOut: [] }]
  const [issue] = own.error.issues
  const where = issue?.path.join('.') ?? ''
  throw new Error(
    `it is no character and no character card (${where ? `"${where}": ` : ''}${issue?.message ?? ''})`,
  )
}

/** What belongs to a library does not travel: voices and lorebooks of another one are not there. */
function withDefaults(json: unknown): unknown {
  if (typeof json !== 'object' || json === null) return json
  return { ...json, voice_id: null, lorebook_ids: [], is_active: false }
}

function fromCard(card: CardData): ReadCharacter {
  const { name, extensions } = card
  const depthPrompt = CardDepthPrompt.safeParse(extensions['depth_prompt']).data
  const talkativeness = z.coerce.number().min(0).max(1).safeParse(extensions['talkativeness']).data
  const draft = CharacterDraft.parse({
    name,
    voice_id: null,
    color: null,
    system_prompt: card.system_prompt,
    description: card.description,
    personality: card.personality,
    scenario: card.scenario,
    first_message: card.first_mes,
    message_examples: card.mes_example,
    post_history_instructions: card.post_history_instructions,
    alternate_greetings: card.alternate_greetings.slice(0, 200),
    group_only_greetings: card.group_only_greetings.slice(0, 200),
    tags: card.tags.slice(0, 200),
    nickname: card.nickname.slice(0, 200),
    creator_notes: card.creator_notes,
    character_version: card.character_version.slice(0, 500),
    is_favourite: extensions['fav'] === true,
    depth_prompt: depthPrompt && depthPrompt.prompt !== '' ? depthPromptOf(depthPrompt) : null,
    ...(talkativeness === undefined ? {} : { talkativeness }),
  })
  return { draft, leftOut: leftOutOf(card) }
}

function depthPromptOf({ prompt, depth, role }: z.infer<typeof CardDepthPrompt>): DepthPrompt {
  return { text: prompt, depth, role }
}

function leftOutOf({ character_book, assets }: CardData): string[] {
  const book = z.object({ entries: z.array(z.unknown()) }).safeParse(character_book).data
  const left: string[] = []
  if (book && book.entries.length > 0) left.push(`its lorebook (${book.entries.length} entries)`)
  if (assets.length > 0) left.push(`its pictures (${assets.length})`)
  return left
}

/** The characters as the text of a file. */
export function writeCharacters(characters: readonly Character[], format: CharacterFormat): string {
  const files: unknown[] = characters.map((character) =>
    format === 'troupe' ? character : cardOf(character, format),
  )
  return `${JSON.stringify(files.length === 1 ? files[0] : files, undefined, 2)}\n`
}

function cardOf(character: Character, format: 'v2' | 'v3'): unknown {
  const { depth_prompt, talkativeness, is_favourite } = character
  const data = {
    name: character.name,
    description: character.description,
    personality: character.personality,
    scenario: character.scenario,
    first_mes: character.first_message,
    mes_example: character.message_examples,
    creator_notes: character.creator_notes,
    system_prompt: character.system_prompt,
    post_history_instructions: character.post_history_instructions,
    alternate_greetings: character.alternate_greetings,
    tags: character.tags,
    creator: '',
    character_version: character.character_version,
    extensions: {
      talkativeness: String(talkativeness),
      fav: is_favourite,
      ...(depth_prompt
        ? { depth_prompt: { prompt: depth_prompt.text, depth: depth_prompt.depth, role: depth_prompt.role } }
        : {}),
    },
  }
  if (format === 'v2') return { spec: 'chara_card_v2', spec_version: '2.0', data }
  const { nickname, group_only_greetings } = character
  return {
    spec: 'chara_card_v3',
    spec_version: '3.0',
    data: { ...data, group_only_greetings, ...(nickname === '' ? {} : { nickname }) },
  }
}
