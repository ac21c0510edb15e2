import { usePreferredReducedMotion, useStorage } from '@vueuse/core'
import { computed, watchEffect, type ComputedRef, type Ref } from 'vue'

export const MOTIONS = ['system', 'reduced'] as const
export type Motion = (typeof MOTIONS)[number]

/** Whether things move: as the system wants it, or not at all; `data-motion` on the page says which. */
export function useMotion(): { motion: Ref<Motion>; isReduced: ComputedRef<boolean> } {
  const motion = useStorage<Motion>('troupe.motion', 'system')
  const preferred = usePreferredReducedMotion()
  const isReduced = computed(() => motion.value === 'reduced' || preferred.value === 'reduce')
  watchEffect(() => {
    document.documentElement.dataset['motion'] = isReduced.value ? 'reduced' : 'full'
  })
  return { motion, isReduced }
}
