import { useDebounceFn } from '@vueuse/core'
import { onScopeDispose, ref, watch } from 'vue'
import { useLibrary } from '../../stores/library.ts'
import { type Draft } from './draft.ts'

export type SaveState = 'saved' | 'unsaved' | 'saving' | 'failed'

const PAUSE_MS = 700

/** Keeps a character a moment after each change, and at the latest when its page is left. */
export function useAutosave(id: string, unsaved: () => Partial<Draft>, canSave: () => boolean) {
  const library = useLibrary()
  const state = ref<SaveState>('saved')
  const isAllKept = () => Object.keys(unsaved()).length === 0

  async function save(): Promise<void> {
    if (!canSave()) return
    if (isAllKept()) return void (state.value = 'saved')
    state.value = 'saving'
    try {
      await library.updateCharacter({ id, ...unsaved() })
      state.value = isAllKept() ? 'saved' : 'unsaved'
    } catch {
      state.value = 'failed'
    }
  }
  const saveSoon = useDebounceFn(save, PAUSE_MS)

  watch(unsaved, () => {
    if (isAllKept()) return
    state.value = 'unsaved'
    void saveSoon()
  })
  onScopeDispose(() => void save())

  return { state, save }
}
