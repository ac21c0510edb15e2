import { watchThrottled } from '@vueuse/core'
import { estimateTokenCount } from 'tokenx'
import { computed, shallowReactive } from 'vue'
import { type Draft } from './draft.ts'

/** What stands in every prompt. */
const PERMANENT = [
  'description',
  'personality',
  'scenario',
  'system_prompt',
  'post_history_instructions',
  'global_roleplay',
] as const
/** What makes room for the conversation as it grows. */
const TEMPORARY = ['first_message', 'message_examples'] as const
export type CountedField = (typeof PERMANENT)[number] | (typeof TEMPORARY)[number]

const PAUSE_MS = 250

/** About how many tokens the fields of a character take; as the server estimates them. */
export function useTokenCounts(draft: Draft) {
  const counts = shallowReactive(new Map<CountedField, number>())
  for (const field of [...PERMANENT, ...TEMPORARY]) {
    watchThrottled(
      () => draft[field],
      (text) => counts.set(field, text === '' ? 0 : estimateTokenCount(text)),
      { throttle: PAUSE_MS, immediate: true, trailing: true },
    )
  }
  const of = (field: CountedField): number => counts.get(field) ?? 0
  const sum = (fields: readonly CountedField[]): number =>
    fields.reduce((total, field) => total + of(field), 0)
  const permanent = computed(() => sum(PERMANENT))
  const temporary = computed(() => sum(TEMPORARY))
  return { of, permanent, temporary, total: computed(() => permanent.value + temporary.value) }
}

export type TokenCounts = ReturnType<typeof useTokenCounts>
