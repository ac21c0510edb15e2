import { watchDebounced } from '@vueuse/core'
import { computed, ref } from 'vue'
import { useRouter } from 'vue-router'
import { useLibrary } from '../../stores/library.ts'
import { useRoom } from '../../stores/room.ts'
import { useShell } from '../../stores/shell.ts'
import { namesOf, titleOf } from './people.ts'

const UNDO_MS = 6_500

/** The list of conversations and what can be done to one: search, open, rename, delete with a way back. */
export function useConversations() {
  const library = useLibrary()
  const room = useRoom()
  const shell = useShell()
  const router = useRouter()
  const query = ref('')
  const hiddenIds = ref<readonly string[]>([])

  watchDebounced(query, (words) => void library.search(words), { debounce: 200 })

  const rows = computed(() =>
    library.conversations
      .filter((conversation) => !hiddenIds.value.includes(conversation.conversation_id))
      .map((conversation) => {
        const people = conversation.active_characters.flatMap(
          (id) => library.characters.find((character) => character.id === id) ?? [],
        )
        return {
          id: conversation.conversation_id,
          title: titleOf(conversation.title, people),
          people,
          names: namesOf(people),
          usedAt: conversation.updated_at,
        }
      }),
  )

  async function startFresh(): Promise<void> {
    shell.drawer = null
    await room.startFresh()
    await router.push('/')
  }

  /** Hides it at once and deletes it when nobody took it back; closing the page in between keeps it. */
  function remove(id: string): void {
    const unhide = () => (hiddenIds.value = hiddenIds.value.filter((hidden) => hidden !== id))
    hiddenIds.value = [...hiddenIds.value, id]
    if (room.conversationId === id) void startFresh()
    const timer = setTimeout(() => {
      library.deleteConversation(id).then(unhide, () => {
        unhide()
        shell.say('The conversation could not be deleted. It is still here.')
      })
    }, UNDO_MS)
    shell.say('Conversation deleted', {
      name: 'Undo',
      run: () => {
        clearTimeout(timer)
        unhide()
      },
    })
  }

  function rename(id: string, title: string): void {
    library.renameConversation(id, title.trim()).catch(() => {
      shell.say('The new name could not be saved. The old one stands.')
    })
  }

  return { query, rows, startFresh, remove, rename }
}
