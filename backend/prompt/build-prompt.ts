import { type Character, type Message } from '#shared/entities.ts'
import { type ChatMessage, type Scene, type SceneCharacter } from '../engines/contracts.ts'

export interface PromptInput {
  readonly speaker: Character
  /** Everyone present, the speaker included. */
  readonly cast: readonly Character[]
  /** Oldest first; only what was said and heard. */
  readonly history: readonly Message[]
  readonly userName: string
}

/** The messages a language model gets so that it answers as one character of the room. */
export function buildPrompt(input: PromptInput): ChatMessage[] {
  const { speaker } = input
  const afterHistory = fill(speaker.post_history_instructions, input)
  return [
    { role: 'system', content: systemText(input) },
    ...input.history.map((message) => chatLine(message, input)),
    ...(afterHistory ? [{ role: 'system' as const, content: afterHistory }] : []),
  ]
}

/** The same for engines that play from the scene instead of reading a prompt. */
export function sceneOf({ speaker, cast, history }: PromptInput): Scene {
  return {
    speaker: sceneCharacter(speaker),
    cast: cast.map(sceneCharacter),
    history: history
      .filter((message) => message.role !== 'system')
      .map((message) => ({
        speaker: message.role === 'user' ? 'user' : 'character',
        name: message.name,
        text: message.content,
      })),
  }
}

function systemText(input: PromptInput): string {
  const { speaker, cast, userName } = input
  const others = cast.filter((character) => character.id !== speaker.id).map((character) => character.name)
  const parts = [
    speaker.global_roleplay,
    speaker.system_prompt ||
      `You are ${speaker.name}, in a spoken conversation with ${userName}. Stay in character.`,
    section('About you', speaker.description),
    section('Your personality', speaker.personality),
    section('The scene', speaker.scenario),
    section('How you talk, for example', speaker.message_examples),
    others.length > 0 &&
      `Also here: ${others.join(', ')}. Lines of others begin with their name. Speak only as ${speaker.name}, never for anyone else, and do not put your name in front.`,
    'Your answer is spoken aloud: write plain sentences as people talk, a few at a time, without lists, links or emoji. Put actions between asterisks.',
  ]
  return parts
    .filter((part): part is string => Boolean(part))
    .map((part) => fill(part, input))
    .join('\n\n')
}

function section(title: string, text: string): string {
  return text.trim() ? `${title}:\n${text.trim()}` : ''
}

function chatLine(message: Message, { speaker, cast, userName }: PromptInput): ChatMessage {
  if (message.role === 'system') return { role: 'system', content: message.content }
  if (message.character_id === speaker.id) return { role: 'assistant', content: heard(message) }
  const isAlone = cast.length <= 1 && message.role === 'user'
  const name = message.role === 'user' ? userName : message.name
  return { role: 'user', content: isAlone ? message.content : `${name}: ${heard(message)}` }
}

/** A cut line ends in a dash, so that the model knows it was interrupted. */
function heard(message: Message): string {
  return message.is_interrupted ? `${message.content.trimEnd()}—` : message.content
}

function fill(text: string, { speaker, userName }: PromptInput): string {
  return text.replaceAll(/\{\{char\}\}/gi, () => speaker.name).replaceAll(/\{\{user\}\}/gi, () => userName)
}

function sceneCharacter(character: Character): SceneCharacter {
  return {
    id: character.id,
    name: character.name,
    personality: character.personality,
    firstMessage: character.first_message,
  }
}
