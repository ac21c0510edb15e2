import { useStorage } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { STARTER_CONVERSATION_ID } from '#shared/starters.ts'
import { isTapWanted } from '../audio/tap.ts'
import { useLibrary } from './library.ts'

export const GUIDE_STEPS = ['sound', 'microphone', 'character'] as const
export type GuideStep = (typeof GUIDE_STEPS)[number]

/** How far this browser has got: not begun, in the middle of it, or through with it. */
type Progress = 'new' | GuideStep | 'done'

/** The first steps: offered once per browser, where nobody has talked yet; left and gone on with at will. */
export const useGuide = defineStore('guide', () => {
  const library = useLibrary()
  const progress = useStorage<Progress>('troupe.guide', 'new')
  /** Put aside for this visit. */
  const isAside = ref(false)
  const step = computed(() => GUIDE_STEPS.find((one) => one === progress.value) ?? null)
  const isOffered = computed(() => {
    const isFirstVisit = !library.isLoading && !library.conversations.some(isOwn)
    return progress.value === 'new' && isFirstVisit && !isAside.value && !isTapWanted()
  })

  return {
    /** Whether to ask if it is wanted. */
    isOffered,
    /** Where it stands; null while it is not open. */
    step: computed(() => (isAside.value ? null : step.value)),
    begin(): void {
      isAside.value = false
      progress.value = 'sound'
    },
    goOn(): void {
      const next = GUIDE_STEPS[GUIDE_STEPS.findIndex((one) => one === progress.value) + 1]
      progress.value = next ?? 'done'
    },
    end(): void {
      progress.value = 'done'
    },
  }
})

function isOwn({ conversation_id: id }: { conversation_id: string }): boolean {
  return id !== STARTER_CONVERSATION_ID
}
