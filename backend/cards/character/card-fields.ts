import { CharacterDraft } from '#shared/entities.ts'
import { type Some } from '../fields/place.ts'

/** What of a character is in its card. The rest belongs to the library it is in: voice, books, pictures. */
const IN_CARDS = {
  name: true,
  color: true,
  global_roleplay: true,
  system_prompt: true,
  description: true,
  personality: true,
  scenario: true,
  first_message: true,
  message_examples: true,
  post_history_instructions: true,
  alternate_greetings: true,
  tags: true,
  is_favourite: true,
  nickname: true,
  talkativeness: true,
  group_only_greetings: true,
  creator_notes: true,
  creator: true,
  character_version: true,
  depth_prompt: true,
  tools: true,
  speaking: true,
} as const

export type CardFields = Pick<CharacterDraft, keyof typeof IN_CARDS>

const schema = CharacterDraft.pick(IN_CARDS)

const someFields = schema.partial()

export const CARD_FIELD_NAMES = schema.keyof().options

/** Some of them, as they should be. */
export function someCardFields(object: unknown): Some<CardFields> | undefined {
  return someFields.safeParse(object).data
}

/** A character that nobody has filled in yet. */
export const BLANK: CardFields = { ...schema.parse({ name: '?' }), name: '' }

/** As much of a character as its card says; the ids of voices mean nothing elsewhere. */
export function cardFieldsOf(character: CardFields): CardFields {
  const { speaking } = character
  return {
    ...schema.parse(character),
    speaking: { ...speaking, narration_voice_id: null, actions_voice_id: null },
  }
}
