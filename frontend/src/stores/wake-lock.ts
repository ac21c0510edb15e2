import { useWakeLock } from '@vueuse/core'
import { watch, type Ref } from 'vue'

/** The screen stays awake for as long as this is so; after the tab was away, again. */
export function keepAwake(isWanted: Ref<boolean>): void {
  const lock = useWakeLock()
  watch(isWanted, (isOn) => {
    // A browser may refuse, as with a low battery: the call goes on without.
    const change = isOn ? lock.request('screen') : lock.release()
    change.catch(() => {})
  })
}
