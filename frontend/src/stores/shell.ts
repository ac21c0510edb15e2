import { useMediaQuery, useStorage } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

export interface Toast {
  readonly id: string
  readonly text: string
  readonly action?: { readonly name: string; readonly run: () => void }
}

const TOAST_MS = 7_000

export type WayId = 'conversations' | 'characters' | 'voices' | 'models' | 'settings'
export interface Way {
  readonly id: WayId
  readonly path: string
}

/** The ways through the house. */
const WAYS: readonly Way[] = [
  { id: 'conversations', path: '/conversations' },
  { id: 'characters', path: '/characters' },
  { id: 'voices', path: '/voices' },
  { id: 'models', path: '/models' },
  { id: 'settings', path: '/settings' },
]

/** What of the house is open, and what is said in passing. */
export const useShell = defineStore('shell', () => ({
  ways: WAYS,
  ...usePanels(),
  ...useOverlays(),
  ...usePassingWords(),
  ...useAttention(),
}))

/** The panels beside the script, and the drawers of a narrow screen. */
function usePanels() {
  const isNarrow = useMediaQuery('(max-width: 53.75rem)')
  const hasRoomForCast = useMediaQuery('(min-width: 73.75rem)')
  const isListWanted = useStorage('troupe.list', true)
  const isCastWanted = useStorage('troupe.cast', true)
  const drawer = ref<'list' | 'cast' | null>(null)
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

  return { isNarrow, hasRoomForCast, isListShown, isCastShown, drawer, toggleList, toggleCast }
}

/** What lies over every page. */
function useOverlays() {
  const isPaletteOpen = ref(false)
  const areKeysOpen = ref(false)
  return { isPaletteOpen, areKeysOpen }
}

function usePassingWords() {
  const toasts = shallowRef<readonly Toast[]>([])

  function dismiss(id: string): void {
    toasts.value = toasts.value.filter((toast) => toast.id !== id)
  }

  /** Shows a sentence for a while, or until it is dismissed, with at most one thing to do about it. */
  function say(text: string, action?: Toast['action'], isLasting = false): void {
    const toast: Toast = { id: `toast-${Date.now()}-${text}`, text, ...(action ? { action } : {}) }
    toasts.value = [...toasts.value.slice(-2), toast]
    if (!isLasting) setTimeout(() => dismiss(toast.id), TOAST_MS)
  }

  return { toasts, say, dismiss }
}

/** What is being changed or looked at, of all that could be. */
function useAttention() {
  /** The message whose words are being changed in their place. */
  const editingMessageId = ref<string | null>(null)
  /** Whose prompt is looked at; without a character, whoever would be next. */
  const inspected = shallowRef<{ readonly characterId: string | null } | null>(null)
  /** Whether what stands behind the conversation is open: note, summary, lore. */
  const isBackstageOpen = ref(false)
  return { editingMessageId, inspected, isBackstageOpen }
}
