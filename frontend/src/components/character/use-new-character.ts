import { computed, reactive, ref } from 'vue'
import { useRouter } from 'vue-router'
import { t } from '../../i18n/index.ts'
import { useLibrary } from '../../stores/library.ts'
import { useShell } from '../../stores/shell.ts'
import { emptyDraft, problemsOf } from './draft.ts'

/** Somebody who is not there yet: created when asked for. */
export function useNewCharacter() {
  const library = useLibrary()
  const shell = useShell()
  const router = useRouter()
  const draft = reactive(emptyDraft())
  const isAsked = ref(false)
  const problems = computed(() => (isAsked.value ? problemsOf(draft) : {}))

  async function create(): Promise<void> {
    isAsked.value = true
    if (Object.keys(problemsOf(draft)).length > 0) return
    try {
      const created = await library.createCharacter({ ...draft })
      await router.replace(`/characters/${created.id}`)
      shell.say(t('library.joined', { name: created.name }))
    } catch {
      shell.say(t('library.notCreated'))
    }
  }

  return { draft, problems, create }
}
