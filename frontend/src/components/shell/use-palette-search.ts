import { shallowRef, watch } from 'vue'
import { useRouter } from 'vue-router'
import { type SearchHit } from '#shared/entities.ts'
import { useLibrary } from '../../stores/library.ts'
import { useStage } from '../../stores/stage.ts'
import { type PaletteItem } from './palette-items.ts'

const PAUSE_MS = 120
const MOST = 6

interface Found {
  readonly conversations: readonly PaletteItem[]
  readonly characters: readonly PaletteItem[]
  readonly messages: readonly PaletteItem[]
}
const NOTHING: Found = { conversations: [], characters: [], messages: [] }

/** What the server finds for these words, a moment after they were typed; without words, what was used last. */
export function usePaletteSearch(query: () => string) {
  const { client } = useStage()
  const library = useLibrary()
  const toItem = useItems()
  const found = shallowRef<Found>(NOTHING)

  async function search(text: string): Promise<Found> {
    const [conversations, characters, messages] = await Promise.all([
      client.request('get_conversations', { query: text, limit: MOST }).catch(() => []),
      client.request('get_character_heads', { query: text, limit: MOST }).catch(() => ({ heads: [] })),
      client.request('search', { query: text, kind: 'message', limit: MOST }).catch(() => []),
    ])
    return {
      conversations: conversations.map(toItem.conversation),
      characters: characters.heads.map(toItem.character),
      messages: messages.map(toItem.message),
    }
  }

  watch(
    query,
    (text, _before, onCleanup) => {
      if (text.trim() === '') {
        found.value = {
          ...NOTHING,
          conversations: library.conversations.slice(0, MOST).map(toItem.conversation),
        }
        return
      }
      let isWanted = true
      const timer = setTimeout(() => {
        void search(text).then((answer) => {
          if (isWanted) found.value = answer
        })
      }, PAUSE_MS)
      onCleanup(() => {
        isWanted = false
        clearTimeout(timer)
      })
    },
    { immediate: true },
  )
  return found
}

function useItems() {
  const router = useRouter()
  return {
    conversation: ({
      conversation_id: id,
      title,
    }: {
      conversation_id: string
      title: string
    }): PaletteItem => ({
      id: `conversation-${id}`,
      name: title || '…',
      run: () => router.push(`/c/${id}`),
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
