import { computed, reactive, ref, watch } from 'vue'
import { useRouter } from 'vue-router'
import { useLibrary } from '../../stores/library.ts'
import { useShell } from '../../stores/shell.ts'
import { changesOf, draftOf, emptyDraft, problemsOf } from './draft.ts'
import { useAutosave } from './use-autosave.ts'

/** One character being written. A new one is created when asked for; from then on it saves itself. */
export function useCharacterForm(id: string) {
  const library = useLibrary()
  const isNew = id === 'new'
  const stored = computed(() => library.characters.find((one) => one.id === id))
  const draft = reactive(stored.value ? draftOf(stored.value) : emptyDraft())
  const isAsked = ref(!isNew)
  const problems = computed(() => (isAsked.value ? problemsOf(draft) : {}))
  const unsaved = computed(() => (stored.value ? changesOf(draft, draftOf(stored.value)) : {}))
  const canSave = () => stored.value !== undefined && Object.keys(problems.value).length === 0
  const { state, save } = useAutosave(id, () => unsaved.value, canSave)

  // A change made elsewhere, while nothing is unsaved here.
  watch(stored, (now) => {
    if (now && state.value === 'saved') Object.assign(draft, draftOf(now))
  })

  return { isNew, draft, isAsked, problems, state, save, ...useCharacterVerbs(id, draft, isAsked) }
}

/** Joining and leaving the troupe. */
function useCharacterVerbs(id: string, draft: ReturnType<typeof emptyDraft>, isAsked: { value: boolean }) {
  const library = useLibrary()
  const shell = useShell()
  const router = useRouter()

  async function create(): Promise<void> {
    isAsked.value = true
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

  return { create, remove }
}
