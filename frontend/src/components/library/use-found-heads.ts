import { ref, shallowRef } from 'vue'
import { type CharacterHead } from '#shared/entities.ts'
import { useLibrary } from '../../stores/library.ts'
import { useStage } from '../../stores/stage.ts'
import { Latest } from './latest.ts'

const MOST = 60

/** The first few characters who are found by some words, for pickers. */
export function useFoundHeads() {
  const { client } = useStage()
  const library = useLibrary()
  const found = shallowRef<readonly CharacterHead[]>([])
  const isLoading = ref(true)
  const latest = new Latest(
    (query: string) =>
      client.request('get_character_heads', {
        sort: 'favourite',
        limit: MOST,
        ...(query === '' ? {} : { query }),
      }),
    ({ heads }) => {
      library.putHeads(heads)
      found.value = heads
      isLoading.value = false
    },
  )
  return { found, isLoading, search: (words: string) => void latest.put(words.trim()) }
}
