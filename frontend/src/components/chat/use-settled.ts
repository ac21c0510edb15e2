import { useTimeoutFn } from '@vueuse/core'
import { onMounted, onUnmounted, readonly, ref, type Ref } from 'vue'

/** For browsers that do not tell when they have nothing to do. */
const SOON_MS = 150
const LATEST_MS = 500

/**
 * Becomes true once the component is on the page and the browser has nothing better to do: what is only needed when
 * somebody reaches for it need not be there while a list rushes by.
 */
export function useSettled(): { readonly isSettled: Readonly<Ref<boolean>>; readonly settle: () => void } {
  const isSettled = ref(false)
  const settle = (): void => void (isSettled.value = true)
  if (typeof requestIdleCallback === 'function') {
    let handle = 0
    onMounted(() => (handle = requestIdleCallback(settle, { timeout: LATEST_MS })))
    onUnmounted(() => cancelIdleCallback(handle))
  } else {
    useTimeoutFn(settle, SOON_MS)
  }
  return { isSettled: readonly(isSettled), settle }
}
