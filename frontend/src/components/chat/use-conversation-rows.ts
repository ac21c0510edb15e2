import { watchDebounced } from '@vueuse/core'
import { computed, ref } from 'vue'
import { type Conversation } from '#shared/entities.ts'
import { useLibrary } from '../../stores/library.ts'
import { useShell } from '../../stores/shell.ts'
import { namesOf, titleOf } from './people.ts'

/** The list of conversations as it is shown, and the words that narrow it. */
export function useConversationRows() {
  const library = useLibrary()
  const shell = useShell()
  const query = ref('')
  watchDebounced(query, (words) => void library.search(words), { debounce: 200 })

  const rows = computed(() =>
    library.conversations
      .filter((conversation) => !shell.leavingIds.includes(conversation.conversation_id))
      .map(rowOf),
  )

  function rowOf(conversation: Conversation) {
    const people = library.headsOf(conversation.active_characters)
    return {
      id: conversation.conversation_id,
      title: titleOf(conversation.title, people),
      people,
      names: namesOf(people),
      usedAt: conversation.updated_at,
    }
  }

  return { query, rows }
}
