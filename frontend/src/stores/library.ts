import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { type CharacterHead, type Voice } from '#shared/entities.ts'
import { type RequestInput } from '#shared/protocol/requests.ts'
import { tint } from '../components/character/tint.ts'
import { ConversationList } from './conversation-list.ts'
import { Heads } from './heads.ts'
import { KnownCharacters } from './known-characters.ts'
import { Shelf } from './shelf.ts'
import { useStage, type Stage } from './stage.ts'
import { Starters } from './starters.ts'

/** Everything stored: characters, voices, conversations; kept in step with the server. All verbs throw RequestError. */
export const useLibrary = defineStore('library', () => {
  const stage = useStage()
  const heads = new Heads(stage)
  const whole = new KnownCharacters(stage)
  const starters = new Starters(stage, heads)
  const voices = new Shelf<Voice>((voice) => voice.voice_id)
  const conversations = new ConversationList(stage)
  const isLoading = ref(true)
  keepInStep(stage, voices)
  stage.client.on('ready', () => {
    loadAll(stage, { starters, voices, conversations })
      .finally(() => {
        isLoading.value = false
      })
      // The line broke again; the next `ready` loads anew.
      .catch(() => {})
  })

  return {
    /** Whole characters, of those on stage and those that were opened: never all. */
    characters: whole.shelf.items,
    openCharacter: (id: string) => whole.open(id),
    charactersOf: (ids: readonly string[]) => whole.all(ids),
    ...readersOf(heads),
    /** A few who may stand on an empty stage, favourites first. */
    starters: computed(() => starters.all),
    voices: voices.items,
    /** Most recently used first; with a search running, what was found. */
    conversations: conversations.shelf.items,
    isLoading,
    hasMoreConversations: conversations.hasMore,
    loadMoreConversations: (): Promise<void> => conversations.loadMore(),
    search: (query: string): Promise<void> => conversations.search(query),
    noteUse: (conversationId: string): void => conversations.use(conversationId),
    ...verbsOf(stage),
  }
})

function readersOf(heads: Heads) {
  return {
    /** Reactive; whoever is not known yet is asked for. */
    head: (id: string): CharacterHead | undefined => heads.find(id),
    /** Reactive; those of these ids who are known, each once. Who is not known yet is asked for. */
    headsOf(ids: Iterable<string | null>): CharacterHead[] {
      return [...new Set(ids)].flatMap((id) => (id === null ? [] : (heads.find(id) ?? [])))
    },
    putHeads: (found: readonly CharacterHead[]): void => heads.put(found),
    /** A CSS colour that reads well on both themes. */
    colorOf(characterId: string): string {
      const character = heads.find(characterId)
      if (character === undefined) return 'currentColor'
      const colors = tint(character)
      return `light-dark(${colors['--who-by-day']}, ${colors['--who-by-night']})`
    },
  }
}

function keepInStep({ client }: Stage, voices: Shelf<Voice>): void {
  client.on('voice_created', ({ data }) => voices.put(data))
  client.on('voice_updated', ({ data }) => voices.put(data))
  client.on('voice_deleted', ({ data }) => voices.remove(data.voice_id))
  client.on('trash_restored', ({ data }) => {
    if (data.kind === 'voice') loadVoices(client, voices).catch(() => {})
  })
}

/** All of them, in their order: one that is back has its old place. */
async function loadVoices(client: Stage['client'], voices: Shelf<Voice>): Promise<void> {
  voices.items.value = await client.request('get_voices', {})
}

interface Shelves {
  readonly starters: Starters
  readonly voices: Shelf<Voice>
  readonly conversations: ConversationList
}

async function loadAll({ client }: Stage, { starters, voices, conversations }: Shelves): Promise<void> {
  const [allVoices] = await Promise.all([
    client.request('get_voices', {}),
    starters.load(),
    conversations.search(''),
  ])
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
    /** The same change to many. */
    changeCharacters: (change: RequestInput<'change_characters'>) =>
      client.request('change_characters', change),
    restore: (trash_id: string) => client.request('restore_from_trash', { trash_id }),
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
