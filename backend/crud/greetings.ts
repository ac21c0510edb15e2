import { type Character, type Conversation, MessageDraft } from '#shared/entities.ts'
import { AppError } from '../errors.ts'
import { type Store } from '../store/contract.ts'

/** Which greeting a conversation begins with. */
export interface Opening {
  /** Counted from 0, the first message first; -1 or absent: none. */
  readonly greeting_index?: number | undefined
  /** Who greets; absent: the first of the cast. */
  readonly greeting_character_id?: string | undefined
}

/** Who is there when a greeting is said. */
export interface GreetingScene {
  readonly conversation: Conversation
  readonly speaker: Character
  readonly cast: readonly Character[]
}

/** A greeting whose macros were carried out, once and for all. */
export interface ExpandedGreeting {
  readonly text: string
  /** What it leaves for the prompts of the conversation, as `keepPromptMemory` takes it; absent: nothing. */
  readonly memory?: unknown
}

export type ExpandGreetings = (
  texts: readonly string[],
  scene: GreetingScene,
) => Promise<readonly ExpandedGreeting[]>

interface Greeting {
  readonly speaker: Character
  readonly cast: readonly Character[]
  /** All that the speaker may begin with; empty ones, of cards without a first message, are nothing to say. */
  readonly texts: readonly string[]
  readonly chosen: string
}

/**
 * To be looked up before anything is made.
 * @returns undefined if nobody is to greet.
 * @throws AppError `invalid` if nobody of the cast has such a greeting.
 */
export async function findGreeting(
  store: Store,
  castIds: readonly string[],
  { greeting_index = -1, greeting_character_id = castIds[0] }: Opening,
): Promise<Greeting | undefined> {
  if (greeting_index < 0) return undefined
  const cast = await store.characters.getMany(castIds)
  const speaker = cast.find(({ id }) => id === greeting_character_id)
  const texts = speaker ? greetingsOf(speaker, cast.length > 1) : []
  const chosen = texts[greeting_index]
  if (speaker && chosen !== undefined) return { speaker, cast, texts, chosen }
  throw new AppError(
    'invalid',
    `Cannot begin with greeting ${greeting_index}: nobody present has one of that number, counted from 0`,
  )
}

/** Lets a character speak first: the greeting that was chosen is shown, the others are its alternatives. */
export async function sayGreeting(
  store: Store,
  { texts, chosen, ...scene }: Greeting & { conversation: Conversation },
  expand: ExpandGreetings,
): Promise<void> {
  if (chosen.trim() === '') return
  const said = texts.filter((text) => text.trim() !== '')
  const { speaker, conversation } = scene
  const message = MessageDraft.parse({
    conversation_id: conversation.conversation_id,
    role: 'assistant',
    name: speaker.name,
    character_id: speaker.id,
    content: '',
  })
  const shownIndex = said.indexOf(chosen)
  const expanded = await expand(said, scene)
  const contents = expanded.map(({ text }) => text)
  await store.messages.createAmong(message, contents, shownIndex)
  const memory = expanded[shownIndex]?.memory
  if (memory !== undefined) await store.conversations.keepPromptMemory(message.conversation_id, memory)
}

/** Some are for groups only. */
function greetingsOf(character: Character, isGroup: boolean): string[] {
  const { first_message, alternate_greetings, group_only_greetings } = character
  return [first_message, ...alternate_greetings, ...(isGroup ? group_only_greetings : [])]
}
