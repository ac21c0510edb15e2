import { computed, type Ref, ref, watch } from 'vue'
import { type TranscriptLine } from '../../stores/types.ts'

/** Counts the lines that came while the reader looked elsewhere, and says finished ones to screen readers. */
export function useUnread(lines: () => readonly TranscriptLine[], isAtEnd: Readonly<Ref<boolean>>) {
  const lastSeenId = ref<string | null>(null)
  const spoken = ref('')

  watch([isAtEnd, () => lines().at(-1)?.id], () => {
    if (isAtEnd.value) lastSeenId.value = lines().at(-1)?.id ?? null
  })
  watch(
    () => lines().at(-1),
    (line, before) => {
      if (line?.role !== 'assistant' || line.state !== 'complete') return
      if (before?.id === line.id && before.state === 'streaming') spoken.value = `${line.name}: ${line.text}`
    },
  )

  const unread = computed(() => unreadAfter(lines(), lastSeenId.value))
  return { unread, spoken }
}

/** How many lines stand behind the last one seen. */
export function unreadAfter(lines: readonly TranscriptLine[], lastSeenId: string | null): number {
  const index = lines.findIndex((line) => line.id === lastSeenId)
  return index === -1 ? 0 : lines.length - 1 - index
}
