import { useDebounceFn } from '@vueuse/core'
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'

const PAUSE_MS = 700

/**
 * Something that is changed here and kept a moment later, and at the latest when its place is left. What comes from
 * elsewhere shows as long as nothing is unsaved here.
 * @param save whether it is kept.
 */
export function useKept<Value>(stored: () => Value, save: (value: Value) => Promise<boolean>) {
  const draft = shallowRef(stored())
  const isDirty = ref(false)

  async function keep(): Promise<void> {
    if (!isDirty.value) return
    const value = draft.value
    const isKept = await save(value)
    // It may have been changed again meanwhile.
    if (isKept && draft.value === value) isDirty.value = false
  }
  const keepSoon = useDebounceFn(keep, PAUSE_MS)

  watch(stored, (now) => {
    if (!isDirty.value) draft.value = now
  })
  onScopeDispose(() => void keep())

  return computed({
    get: () => draft.value,
    set: (value: Value) => {
      draft.value = value
      isDirty.value = true
      void keepSoon()
    },
  })
}
