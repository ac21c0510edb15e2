import { watchDebounced } from '@vueuse/core'
import { computed, ref } from 'vue'
import { type Conversation } from '#shared/entities.ts'
import { useLibrary } from '../../stores/library.ts'
import { namesOf, type Person, titleOf } from './people.ts'

/** A conversation as a list shows it. */
export interface ConversationRowWords {
  readonly id: string
  readonly title: string
  readonly people: readonly Person[]
  readonly names: string
  readonly usedAt: string
  readonly isArchived: boolean
}

/** The list of conversations as it is shown, and the words that narrow it. */
export function useConversationRows() {
  const library = useLibrary()
  const rowOf = useConversationRow()
  const query = ref('')
  watchDebounced(query, (words) => void library.search(words), { debounce: 200 })
  const rows = computed(() => library.conversations.map(rowOf))
  return { query, rows }
}

export function useConversationRow(): (conversation: Conversation) => ConversationRowWords {
  const library = useLibrary()
  return (conversation) => {
    const people = library.headsOf(conversation.active_characters)
    return {
      id: conversation.conversation_id,
      title: titleOf(conversation.title, people),
      people,
      names: namesOf(people),
      usedAt: conversation.updated_at,
      isArchived: conversation.is_archived,
    }
  }
}
