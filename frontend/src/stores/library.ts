import { defineStore } from 'pinia'
import { ref } from 'vue'
import { type Character, type Voice } from '#shared/entities.ts'
import { type RequestInput } from '#shared/protocol/requests.ts'
import { tint } from '../components/character/tint.ts'
import { ConversationList } from './conversation-list.ts'
import { Shelf } from './shelf.ts'
import { useStage, type Stage } from './stage.ts'

/** Everything stored: characters, voices, conversations; kept in step with the server. All verbs throw RequestError. */
export const useLibrary = defineStore('library', () => {
  const stage = useStage()
  const { client } = stage
  const characters = new Shelf<Character>(({ id }) => id)
  const voices = new Shelf<Voice>((voice) => voice.voice_id)
  const conversations = new ConversationList(stage)
  const isLoading = ref(true)
  keepInStep(stage, characters, voices)
  client.on('ready', () => {
    loadAll(stage, { characters, voices, conversations })
      .finally(() => {
        isLoading.value = false
      })
      // The line broke again; the next `ready` loads anew.
      .catch(() => {})
  })

  return {
    characters: characters.items,
    voices: voices.items,
    /** Most recently used first; with a search running, what was found. */
    conversations: conversations.shelf.items,
    isLoading,
    hasMoreConversations: conversations.hasMore,
    loadMoreConversations: (): Promise<void> => conversations.loadMore(),
    search: (query: string): Promise<void> => conversations.search(query),
    noteUse: (conversationId: string): void => conversations.use(conversationId),
    ...verbsOf(stage),
    /** A CSS colour that reads well on both themes. */
    colorOf(characterId: string): string {
      const character = characters.find(characterId)
      if (character === undefined) return 'currentColor'
      const colors = tint(character)
      return `light-dark(${colors['--who-by-day']}, ${colors['--who-by-night']})`
    },
  }
})

function keepInStep({ client }: Stage, characters: Shelf<Character>, voices: Shelf<Voice>): void {
  client.on('character_created', ({ data }) => characters.put(data))
  client.on('character_updated', ({ data }) => characters.put(data))
  client.on('character_deleted', ({ data }) => characters.remove(data.id))
  client.on('voice_created', ({ data }) => voices.put(data))
  client.on('voice_updated', ({ data }) => voices.put(data))
  client.on('voice_deleted', ({ data }) => voices.remove(data.voice_id))
}

interface Shelves {
  readonly characters: Shelf<Character>
  readonly voices: Shelf<Voice>
  readonly conversations: ConversationList
}

async function loadAll({ client }: Stage, { characters, voices, conversations }: Shelves): Promise<void> {
  const [allCharacters, allVoices] = await Promise.all([
    client.request('get_characters', {}),
    client.request('get_voices', {}),
    conversations.search(''),
  ])
  characters.items.value = allCharacters
  voices.items.value = allVoices
}

/** What is created, changed or deleted comes back as an event too, and is put on its shelf there. */
function verbsOf({ client }: Stage) {
  return {
    createCharacter: (draft: RequestInput<'create_character'>) => client.request('create_character', draft),
    updateCharacter: (patch: RequestInput<'update_character'>) => client.request('update_character', patch),
    async deleteCharacter(id: string): Promise<void> {
      await client.request('delete_character', { id })
    },
    createVoice: (draft: RequestInput<'create_voice'>) => client.request('create_voice', draft),
    updateVoice: (patch: RequestInput<'update_voice'>) => client.request('update_voice', patch),
    async deleteVoice(id: string): Promise<void> {
      await client.request('delete_voice', { voice_id: id })
    },
    createConversation(draft: RequestInput<'create_conversation'>) {
      return client.request('create_conversation', draft)
    },
    async renameConversation(id: string, title: string): Promise<void> {
      await client.request('update_conversation', { conversation_id: id, title })
    },
    async deleteConversation(id: string): Promise<void> {
      await client.request('delete_conversation', { conversation_id: id })
    },
  }
}
