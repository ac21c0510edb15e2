import {
  type Character,
  CharacterDraft,
  type Conversation,
  ConversationDraft,
  type Lorebook,
  LorebookDraft,
  LoreEntry,
  type Message,
  MessageDraft,
  type Persona,
} from '#shared/entities.ts'
import { type AssembledPrompt, type AssemblyInput } from '../../backend/prompt/prompt-input.ts'
import { cachedTokens, estimatedTokens } from '../../backend/prompt/token-counter.ts'

const AT = '2030-01-01T00:00:00.000Z'
const STAMPS = { revision: 1, created_at: AT, updated_at: AT }

export function card(name: string, more: Partial<Character> = {}): Character {
  return { ...CharacterDraft.parse({ name }), id: name.toLowerCase(), ...STAMPS, ...more }
}

export function persona(name: string, description = ''): Persona {
  return { persona_id: name, name, description, image_url: null, is_default: false, ...STAMPS }
}

export function conversation(more: Partial<Conversation> = {}): Conversation {
  const draft = ConversationDraft.parse({})
  return { ...draft, active_characters: [], conversation_id: 'talk', ...STAMPS, ...more }
}

let books = 0

/** Every book is another one, so that nothing compiled for one case is found by the next. */
export function lorebook(
  entries: readonly (Partial<LoreEntry> & { content: string })[],
  more: Partial<Lorebook> = {},
): Lorebook {
  books += 1
  const draft = LorebookDraft.parse({ name: 'World' })
  const made = entries.map((entry, index) => LoreEntry.parse({ id: String(index), ...entry }))
  return { ...draft, lorebook_id: `book-${books}`, ...STAMPS, ...more, entries: made }
}

export function said(by: Character | string, content: string, more: Partial<Message> = {}): Message {
  const isUser = typeof by === 'string'
  const draft = MessageDraft.parse({
    conversation_id: 'talk',
    role: isUser ? 'user' : 'assistant',
    name: isUser ? by : by.name,
    character_id: isUser ? null : by.id,
    content,
  })
  const alternatives = { alternative_index: 0, alternative_count: 1 }
  return { ...draft, ...alternatives, message_id: content.slice(0, 100), ...STAMPS, ...more }
}

export function narrated(content: string): Message {
  return { ...said('Narrator', content), role: 'system' }
}

export const nora = card('Nora')
export const felix = card('Felix')

/** A prompt for Nora, alone with Sam, who has said hello. */
export function promptInput(more: Partial<AssemblyInput> = {}): AssemblyInput {
  const speaker = more.speaker ?? nora
  return {
    speaker,
    cast: [speaker],
    conversation: conversation(),
    userName: 'Sam',
    lorebooks: [],
    history: [said('Sam', 'Hello')],
    model: { id: 'model', contextTokens: 8_192, canUseTools: false, roles: 'free' },
    replyTokens: 512,
    mode: 'reply',
    seed: 'seed',
    now: new Date('2030-03-04T17:08:09Z'),
    timeZone: 'UTC',
    counter,
    ...more,
  }
}

const counter = cachedTokens(estimatedTokens)

/** The prompt as a person would write it down. */
export function written({ messages }: Pick<AssembledPrompt, 'messages'>): string {
  return messages
    .map(({ role, content, toolCalls }) => {
      const calls = toolCalls?.map(({ name, argumentsJson }) => `${name}(${argumentsJson})`) ?? []
      return `<${role}>\n${[...calls, ...(content === '' ? [] : [content])].join('\n')}`
    })
    .join('\n')
}
