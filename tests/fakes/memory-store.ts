import { type Character, CharacterDraft, type Conversation, Message, type Voice } from '#shared/entities.ts'
import { AppError } from '../../backend/errors.ts'
import { type Store } from '../../backend/store/contract.ts'

const AT = '2030-01-01T00:00:00.000Z'

/** As much of a store as a conversation needs, made in microseconds: for tests that run a hundred thousand of them. */
export function memoryStore(cast: readonly string[]): Omit<Store, 'seed' | typeof Symbol.asyncDispose> {
  const characters = cast.map(character)
  const conversations = new Map<string, Conversation>()
  const messages = new Map<string, Message>()
  const memories = new Map<string, unknown>()
  return {
    flush: async () => {},
    copyTo: unused,
    characters: {
      list: async () => characters,
      get: async (id) => found(characters.find((known) => known.id === id)),
      getMany: async (ids) => characters.filter((known) => ids.includes(known.id)),
      create: unused,
      update: unused,
      delete: unused,
      heads: unused,
      tags: unused,
      change: unused,
    },
    voices: {
      list: async (): Promise<Voice[]> => [],
      get: unused,
      create: unused,
      update: unused,
      delete: unused,
    },
    conversations: {
      list: unused,
      get: async (id) => found(conversations.get(id)),
      find: async (id) => conversations.get(id),
      ensure: async (conversation_id, draft) => {
        const { active_characters = [] } = draft
        const made = {
          ...draft,
          conversation_id,
          active_characters,
          revision: 1,
          created_at: AT,
          updated_at: AT,
        }
        conversations.set(conversation_id, made)
        return made
      },
      create: unused,
      update: unused,
      delete: unused,
      branch: unused,
      importWhole: unused,
      exportWhole: unused,
      speakersOf: unused,
      findSpeaker: unused,
      keepSummary: unused,
      promptMemory: async (id) => memories.get(id),
      keepPromptMemory: async (id, memory) => {
        memories.set(id, memory)
      },
    },
    messages: {
      list: async ({ conversation_id }) =>
        [...messages.values()].filter((message) => message.conversation_id === conversation_id),
      get: async (id) => found(messages.get(id)),
      createAs: async (message_id, draft) => {
        const only = { alternative_index: 0, alternative_count: 1 }
        const made = { ...draft, ...only, message_id, revision: 1, created_at: AT, updated_at: AT }
        messages.set(message_id, made)
        return made
      },
      update: async (patch) => {
        const made = Message.parse({ ...found(messages.get(patch.message_id)), ...patch })
        messages.set(patch.message_id, made)
        return made
      },
      create: unused,
      createAmong: unused,
      delete: unused,
      count: async (id) => [...messages.values()].filter((message) => message.conversation_id === id).length,
      locate: unused,
      getShown: async (id) => found(messages.get(id)),
      addAlternative: async (id, wording) => {
        const told = found(messages.get(id))
        const count = told.alternative_count
        const made = { ...told, ...wording, alternative_index: count, alternative_count: count + 1 }
        messages.set(id, made)
        return made
      },
      selectAlternative: unused,
      alternatives: unused,
    },
    personas: { ...none, list: async () => [] },
    lorebooks: { ...none, list: async () => [], versions: async () => [] },
    notes: { ...none, list: async () => [] },
    trash: { list: async () => [], restore: unused, delete: unused, purge: async () => 0 },
    originals: { find: async () => undefined, withHash: async () => [], put: unused },
    search: async () => [],
    mediaInUse: async () => new Set<string>(),
  }
}

const none = { get: unused, create: unused, update: unused, delete: unused }

function unused(): never {
  throw new AppError('internal', 'Not part of this store')
}

function found<Entity>(entity: Entity | undefined): Entity {
  if (!entity) throw new AppError('not_found', 'Not there')
  return entity
}

function character(name: string): Character {
  const draft = CharacterDraft.parse({ name, is_active: true })
  return { ...draft, id: `${name.toLowerCase()}-001`, revision: 1, created_at: AT, updated_at: AT }
}
