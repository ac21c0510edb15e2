import { useDebounceFn } from '@vueuse/core'
import { computed, onScopeDispose, reactive, ref, watch } from 'vue'
import { useRouter } from 'vue-router'
import { useLibrary } from '../../stores/library.ts'
import { useShell } from '../../stores/shell.ts'
import { changesOf, draftOf, emptyDraft, problemsOf } from './draft.ts'

export type SaveState = 'saved' | 'unsaved' | 'saving' | 'failed'

const PAUSE_MS = 700

/** One character being written: saved by itself a moment after each change, once it has been created. */
export function useCharacterForm(id: string) {
  const library = useLibrary()
  const shell = useShell()
  const router = useRouter()
  const isNew = id === 'new'
  const character = computed(() => library.characters.find((one) => one.id === id))
  const draft = reactive(character.value ? draftOf(character.value) : emptyDraft())
  const state = ref<SaveState>('saved')
  const isTouched = ref(false)
  const problems = computed(() => (isTouched.value || !isNew ? problemsOf(draft) : {}))
  const unsaved = computed(() => (character.value ? changesOf(draft, draftOf(character.value)) : {}))

  // A page opened before the library has come, or a change made elsewhere while nothing is unsaved here.
  watch(character, (now) => {
    if (now && state.value === 'saved') Object.assign(draft, draftOf(now))
  })

  async function save(): Promise<void> {
    if (isNew || !character.value || Object.keys(problems.value).length > 0) return
    if (Object.keys(unsaved.value).length === 0) return void (state.value = 'saved')
    state.value = 'saving'
    try {
      await library.updateCharacter({ id, ...unsaved.value })
      state.value = Object.keys(unsaved.value).length === 0 ? 'saved' : 'unsaved'
    } catch {
      state.value = 'failed'
    }
  }
  const saveSoon = useDebounceFn(save, PAUSE_MS)

  watch(draft, () => {
    if (isNew || Object.keys(unsaved.value).length === 0) return
    state.value = 'unsaved'
    void saveSoon()
  })
  onScopeDispose(() => void save())

  async function create(): Promise<void> {
    isTouched.value = true
    if (Object.keys(problemsOf(draft)).length > 0) return
    try {
      const created = await library.createCharacter({ ...draft })
      await router.replace(`/characters/${created.id}`)
      shell.say(`${created.name} has joined the troupe.`)
    } catch {
      shell.say('The character could not be saved. What you wrote is still here; try again in a moment.')
    }
  }

  async function remove(): Promise<void> {
    try {
      await library.deleteCharacter(id)
      await router.push('/characters')
      shell.say(`${draft.name} has left. Past conversations stay.`)
    } catch {
      shell.say(`${draft.name} could not be deleted and is still here.`)
    }
  }

  return { isNew, character, draft, state, problems, save, create, remove }
}
