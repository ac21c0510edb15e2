import { onMounted, onUnmounted, readonly, ref, type Ref } from 'vue'

/** Who types or scrolls on within this time is not kept waiting. */
const STILL_MS = 120
const LATEST_MS = 500

interface Settled {
  readonly isSettled: Readonly<Ref<boolean>>
  /** It is needed now. */
  readonly settle: () => void
  /** It shows something else now, and has to settle anew. */
  readonly settleAgain: () => void
}

/**
 * Becomes true once the component is on the page and the browser has nothing better to do: what is only needed when
 * somebody looks twice need not be there while a list rushes by.
 */
export function useSettled(): Settled {
  const isSettled = ref(false)
  let forget: (() => void) | undefined
  const settle = (): void => {
    forget?.()
    isSettled.value = true
  }
  const wait = (): void => {
    forget?.()
    if (!isSettled.value) forget = whenIdle(settle)
  }
  onMounted(wait)
  onUnmounted(() => forget?.())
  return {
    isSettled: readonly(isSettled),
    settle,
    settleAgain() {
      isSettled.value = false
      wait()
    },
  }
}

/** @returns how to take it back. */
function whenIdle(run: () => void): () => void {
  // Not every browser tells when it has nothing to do.
  const hasIdle = typeof requestIdleCallback === 'function'
  let handle = 0
  const timer = setTimeout(() => {
    if (hasIdle) handle = requestIdleCallback(run, { timeout: LATEST_MS })
    else run()
  }, STILL_MS)
  return () => {
    clearTimeout(timer)
    if (hasIdle) cancelIdleCallback(handle)
  }
}
