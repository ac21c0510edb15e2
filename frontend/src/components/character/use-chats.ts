import { onScopeDispose, ref } from 'vue'
import { type Conversation } from '#shared/entities.ts'
import { Shelf } from '../../stores/shelf.ts'
import { useStage } from '../../stores/stage.ts'

const PAGE = 50

/** The conversations in which somebody is present, those in the archive too, kept in step with the server. */
export function useChats(characterId: string) {
  const { client } = useStage()
  const chats = new Shelf<Conversation>(({ conversation_id }) => conversation_id)
  const [hasMore, isLoaded] = [ref(false), ref(false)]

  async function load(before?: string): Promise<void> {
    const page = await client.request('get_conversations', {
      character_id: characterId,
      archived: null,
      limit: PAGE,
      ...(before === undefined ? {} : { before }),
    })
    if (before === undefined) chats.items.value = page
    else chats.append(page)
    hasMore.value = page.length === PAGE
    isLoaded.value = true
  }
  // Asked for again when the line is open again.
  const loadQuietly = (before?: string): void => void load(before).catch(() => {})

  const put = (one: Conversation): void => {
    if (!one.active_characters.includes(characterId)) chats.remove(one.conversation_id)
    else if (chats.find(one.conversation_id) === undefined) chats.putFirst(one)
    else chats.put(one)
  }
  const stops = [
    client.on('conversation_created', ({ data }) => put(data)),
    client.on('conversation_updated', ({ data }) => put(data)),
    client.on('conversation_deleted', ({ data }) => chats.remove(data.conversation_id)),
    client.on('trash_restored', ({ data }) => data.kind === 'conversation' && loadQuietly()),
    client.on('ready', () => loadQuietly()),
  ]
  onScopeDispose(() => {
    for (const stop of stops) stop()
  })
  loadQuietly()

  return {
    chats: chats.items,
    hasMore,
    isLoaded,
    loadMore: (): void => loadQuietly(chats.items.value.at(-1)?.conversation_id),
  }
}
