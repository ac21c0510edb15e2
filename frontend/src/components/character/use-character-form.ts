import { useDebounceFn, useEventListener } from '@vueuse/core'
import { computed, onScopeDispose, watch } from 'vue'
import { type Character } from '#shared/entities.ts'
import { useLibrary } from '../../stores/library.ts'
import { useStage } from '../../stores/stage.ts'
import { problemsOf } from './draft.ts'
import { EditedCharacter } from './edited-character.ts'

const PAUSE_MS = 700

/** One character being written: saves itself a moment after each change, and at the latest when its page is left. */
export function useCharacterForm(opened: Character) {
  const { client } = useStage()
  const library = useLibrary()
  const stored = computed(() => library.characters.find(({ id }) => id === opened.id) ?? opened)
  const edited = new EditedCharacter(opened, {
    update: (patch) => library.updateCharacter(patch),
    fetch: () => library.openCharacter(opened.id),
  })
  const saveSoon = useDebounceFn(() => edited.save(), PAUSE_MS)

  watch(
    edited.draft,
    () => {
      edited.touch()
      void saveSoon()
    },
    { deep: true },
  )
  watch(stored, (now) => edited.take(now))
  // What was written while the line was down goes as soon as it is open again.
  const stop = client.on('ready', () => void saveSoon())
  onScopeDispose(() => {
    stop()
    void edited.save()
  })
  useEventListener(window, 'pagehide', () => void edited.save())
  if (edited.state.value === 'unsaved') void saveSoon()

  return {
    edited,
    stored,
    draft: edited.draft,
    state: edited.state,
    conflict: edited.conflict,
    problems: computed(() => problemsOf(edited.draft)),
    save: () => void edited.save(),
  }
}
