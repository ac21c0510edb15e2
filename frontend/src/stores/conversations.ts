import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { type ConversationFilter, ConversationList } from './conversation-list.ts'
import { EverythingSearch } from './everything-search.ts'
import { useStage } from './stage.ts'

/** What the screen of conversations shows: all of them, or those wanted, and what was found in them. */
export const useConversations = defineStore('conversations', () => {
  const stage = useStage()
  const list = new ConversationList(stage)
  const search = new EverythingSearch(stage)
  const filter = shallowRef<ConversationFilter>({ query: '', archived: false, characterId: null })
  const isLoading = ref(true)

  /** @throws RequestError */
  async function show(changes: Partial<ConversationFilter> = {}): Promise<void> {
    filter.value = { ...filter.value, ...changes }
    isLoading.value = true
    await list.show(filter.value).finally(() => (isLoading.value = false))
  }

  return {
    items: list.shelf.items,
    hasMore: list.hasMore,
    isLoading,
    filter,
    show,
    loadMore: () => list.loadMore(),
    hits: search.hits,
    hasMoreHits: search.hasMore,
    isLooking: search.isLooking,
    find: (query: string) => search.find(query),
    findMore: () => search.more(),
  }
})
