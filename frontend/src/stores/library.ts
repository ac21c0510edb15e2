import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { type Character, type Conversation, type Voice } from '#shared/entities.ts'
import { type RequestInput } from '#shared/protocol/requests.ts'

const notReady = (): Promise<never> => Promise.reject(new Error('Cannot use the library yet'))

/** Everything stored: characters, voices, conversations; kept in step with the server. */
export const useLibrary = defineStore('library', () => {
  const characters = shallowRef<readonly Character[]>([])
  const voices = shallowRef<readonly Voice[]>([])
  /** Most recently used first; with a search running, what was found. */
  const conversations = shallowRef<readonly Conversation[]>([])
  const isLoading = ref(true)
  const hasMoreConversations = ref(false)

  return {
    characters,
    voices,
    conversations,
    isLoading,
    hasMoreConversations,
    loadMoreConversations: async (): Promise<void> => {},
    search: async (_query: string): Promise<void> => {},
    createCharacter: (_draft: RequestInput<'create_character'>): Promise<Character> => notReady(),
    updateCharacter: (_patch: RequestInput<'update_character'>): Promise<Character> => notReady(),
    deleteCharacter: (_id: string): Promise<void> => notReady(),
    createVoice: (_draft: RequestInput<'create_voice'>): Promise<Voice> => notReady(),
    updateVoice: (_patch: RequestInput<'update_voice'>): Promise<Voice> => notReady(),
    deleteVoice: (_id: string): Promise<void> => notReady(),
    createConversation: (_draft: RequestInput<'create_conversation'>): Promise<Conversation> => notReady(),
    renameConversation: (_id: string, _title: string): Promise<void> => notReady(),
    deleteConversation: (_id: string): Promise<void> => notReady(),
    /** A CSS colour that reads well on both themes. */
    colorOf: (_characterId: string): string => 'currentColor',
  }
})
