import { useStorage } from '@vueuse/core'
import { computed, type Ref, watch } from 'vue'
import { useRoom } from '../../stores/room.ts'
import { isLocal } from '../../stores/transcript.ts'

interface Unsent {
  /** Of the draft it was. */
  readonly key: string
  readonly texts: readonly string[]
}

/** What was sent last is looked for among so many lines. */
const NEWEST = 12

/**
 * What was sent and has not arrived is not lost with the page: when it is opened again, it is a draft again, unless it
 * is found among what was said.
 */
export function useUnsent(draftKey: Readonly<Ref<string>>, draft: Ref<string>): void {
  const room = useRoom()
  const kept = useStorage<Unsent>('troupe.unsent', { key: '', texts: [] })
  let lost: Unsent | null = kept.value.texts.length > 0 ? kept.value : null

  const waiting = computed(() =>
    room.lines.filter((line) => isLocal(line) && !line.isSpoken).map(({ text }) => text),
  )
  watch(
    () => waiting.value.join('\0'),
    () => {
      if (waiting.value.length > 0 || lost === null)
        kept.value = { key: draftKey.value, texts: waiting.value }
    },
  )

  watch(
    [draftKey, () => room.isLoading, () => room.conversation],
    () => {
      const isHere = lost?.key === draftKey.value && !room.isLoading
      if (lost === null || !isHere || (lost.key !== FRESH && room.conversation === null)) return
      const said = new Set(room.lines.slice(-NEWEST).map(({ text }) => text))
      const texts = lost.texts.filter((text) => !said.has(text))
      lost = null
      kept.value = { key: '', texts: [] }
      if (texts.length > 0) draft.value = [...texts, draft.value].filter((text) => text !== '').join('\n\n')
    },
    { immediate: true },
  )
}

/** The draft of a conversation that has no name yet. */
export const FRESH = 'fresh'
