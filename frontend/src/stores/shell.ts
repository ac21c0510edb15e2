import { useMediaQuery, useStorage } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

export interface Toast {
  readonly id: string
  readonly text: string
  readonly action?: { readonly name: string; readonly run: () => void }
}

const TOAST_MS = 7_000

/** What of the house is open: the panels beside the script, the drawers of a narrow screen, and passing words. */
export const useShell = defineStore('shell', () => {
  const isNarrow = useMediaQuery('(max-width: 53.75rem)')
  const hasRoomForCast = useMediaQuery('(min-width: 73.75rem)')
  const isListWanted = useStorage('troupe.list', true)
  const isCastWanted = useStorage('troupe.cast', true)
  const drawer = ref<'list' | 'cast' | null>(null)
  const toasts = shallowRef<readonly Toast[]>([])

  const isListShown = computed(() => !isNarrow.value && isListWanted.value)
  const isCastShown = computed(() => hasRoomForCast.value && isCastWanted.value)

  function toggleList(): void {
    if (isNarrow.value) drawer.value = drawer.value === 'list' ? null : 'list'
    else isListWanted.value = !isListWanted.value
  }

  function toggleCast(): void {
    if (hasRoomForCast.value) isCastWanted.value = !isCastWanted.value
    else drawer.value = drawer.value === 'cast' ? null : 'cast'
  }

  function dismiss(id: string): void {
    toasts.value = toasts.value.filter((toast) => toast.id !== id)
  }

  /** Shows a sentence for a while, with at most one thing to do about it. */
  function say(text: string, action?: Toast['action']): void {
    const toast: Toast = { id: crypto.randomUUID(), text, ...(action ? { action } : {}) }
    toasts.value = [...toasts.value.slice(-2), toast]
    setTimeout(() => dismiss(toast.id), TOAST_MS)
  }

  return {
    isNarrow,
    hasRoomForCast,
    isListShown,
    isCastShown,
    drawer,
    toasts,
    toggleList,
    toggleCast,
    dismiss,
    say,
  }
})
