import { type Character } from '#shared/entities.ts'

/** Those that the server writes, with pictures, lorebook and all; a character each. */
export const CARD_FORMATS = ['png', 'json', 'charx'] as const
/** Those that hold words only; several characters are a list. */
const TEXT_FORMATS = ['troupe', 'v2', 'v3'] as const
export const CHARACTER_FORMATS = [...TEXT_FORMATS, ...CARD_FORMATS]
export type CardFormat = (typeof CARD_FORMATS)[number]
export type TextFormat = (typeof TEXT_FORMATS)[number]
export type CharacterFormat = CardFormat | TextFormat

/** The characters as the text of a file. */
export function writeCharacters(characters: readonly Character[], format: TextFormat): string {
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
