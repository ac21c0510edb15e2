import { shallowRef, watch } from 'vue'
import { useRouter } from 'vue-router'
import { type SearchHit } from '#shared/entities.ts'
import { useLibrary } from '../../stores/library.ts'
import { useStage, type Stage } from '../../stores/stage.ts'
import { type PaletteItem } from './palette-items.ts'

const PAUSE_MS = 120
const MOST = 6

interface Found {
  /** The words for which this was found. */
  readonly query: string
  readonly conversations: readonly PaletteItem[]
  readonly characters: readonly PaletteItem[]
  readonly messages: readonly PaletteItem[]
}
const NOTHING: Found = { query: '', conversations: [], characters: [], messages: [] }

/** What the server finds for these words, a moment after they were typed; without words, what was used last. */
export function usePaletteSearch(query: () => string) {
  const { client } = useStage()
  const library = useLibrary()
  const toItem = useItems()
  const found = shallowRef<Found>(NOTHING)

  async function look(text: string, leaving: AbortSignal): Promise<void> {
    const answer = await search(client, text, toItem)
    if (!leaving.aborted) found.value = answer
  }

  watch(
    query,
    (text, _before, onCleanup) => {
      if (text.trim() === '') {
        const latest = library.conversations.slice(0, MOST)
        found.value = { ...NOTHING, query: text, conversations: latest.map(toItem.conversation) }
        return
      }
      const leaving = new AbortController()
      const timer = setTimeout(() => void look(text, leaving.signal), PAUSE_MS)
      onCleanup(() => {
        leaving.abort()
        clearTimeout(timer)
      })
    },
    { immediate: true },
  )
  return found
}

/** What one of the questions is not answered, is not found; the others still are. */
async function search(
  client: Stage['client'],
  query: string,
  toItem: ReturnType<typeof useItems>,
): Promise<Found> {
  const [conversations, characters, messages] = await Promise.all([
    client.request('get_conversations', { query, limit: MOST }).catch(() => []),
    client.request('get_character_heads', { query, limit: MOST }).catch(() => ({ heads: [] })),
    client.request('search', { query, kind: 'message', limit: MOST }).catch(() => []),
  ])
  return {
    query,
    conversations: conversations.map(toItem.conversation),
    characters: characters.heads.map(toItem.character),
    messages: messages.map(toItem.message),
  }
}

function useItems() {
  const router = useRouter()
  return {
    conversation: (found: { conversation_id: string; title: string }): PaletteItem => ({
      id: `conversation-${found.conversation_id}`,
      name: found.title || '…',
      run: () => router.push(`/c/${found.conversation_id}`),
    }),
    character: ({ id, name }: { id: string; name: string }): PaletteItem => ({
      id: `character-${id}`,
      name,
      run: () => router.push(`/characters/${id}`),
    }),
    message: ({ id, conversation_id, title, snippet }: SearchHit): PaletteItem => ({
      id: `message-${id}`,
      name: snippet.map(({ text }) => text).join(''),
      hint: title,
      run: () => router.push({ path: `/c/${conversation_id}`, query: { message: id } }),
    }),
  }
}
