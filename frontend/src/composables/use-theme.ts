import { usePreferredDark, useStorage } from '@vueuse/core'
import { computed, watchEffect, type ComputedRef, type Ref } from 'vue'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

/** The chosen theme, remembered in this browser; `data-theme` on the page says which of the two it comes to. */
export function useTheme(): { theme: Ref<Theme>; isDark: ComputedRef<boolean> } {
  const theme = useStorage<Theme>('troupe-theme', 'system')
  const prefersDark = usePreferredDark()
  const isDark = computed(() => (theme.value === 'system' ? prefersDark.value : theme.value === 'dark'))
  watchEffect(() => {
    document.documentElement.dataset['theme'] = isDark.value ? 'dark' : 'light'
  })
  return { theme, isDark }
}
