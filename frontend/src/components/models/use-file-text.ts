import { computed, ref, watch } from 'vue'
import { t } from '../../i18n/index.ts'
import { RequestError } from '../../socket/request-error.ts'
import { useShell } from '../../stores/shell.ts'
import { wordsFor } from '../settings/use-settings.ts'
import { sayWhatIsLost } from './use-runner-form.ts'
import { useRunnersConfig } from './use-runners-config.ts'

/** The runners file while somebody writes in it. */
export function useFileText() {
  const { config, problem: loadProblem, load } = useRunnersConfig()
  const draft = useDraft(() => config.value?.text)
  const { text, begun, isDirty, begin } = draft
  const { problem, isConflict, isSaving, saveOver } = useSavingOver(draft)

  const save = async () => {
    if (isDirty.value) await saveOver(begun.value)
  }
  /** Over what others have written meanwhile, as it is now. */
  async function keepMine(): Promise<void> {
    await load()
    await saveOver(config.value?.text ?? begun.value)
  }
  async function takeTheirs(): Promise<void> {
    await load()
    begin(config.value?.text ?? begun.value)
    problem.value = ''
    isConflict.value = false
  }

  sayWhatIsLost(() => isDirty.value, save)
  const told = computed(() => problem.value || loadProblem.value)
  return { text, config, problem: told, isConflict, isDirty, isSaving, save, keepMine, takeTheirs }
}

type Draft = ReturnType<typeof useDraft>

function useDraft(stored: () => string | undefined) {
  const text = ref('')
  /** What it was when it was begun with. */
  const begun = ref('')
  const isDirty = computed(() => text.value !== begun.value)

  function begin(now: string): void {
    text.value = now
    begun.value = now
  }

  // What others change meanwhile is shown, unless somebody writes here: then it is told when they save.
  watch(
    stored,
    (now) => {
      if (now !== undefined && !isDirty.value) begin(now)
    },
    { immediate: true },
  )
  return { text, begun, isDirty, begin }
}

function useSavingOver({ text, begun }: Draft) {
  const shell = useShell()
  const { write } = useRunnersConfig()
  const problem = ref('')
  const isConflict = ref(false)
  const isSaving = ref(false)

  async function saveOver(expected: string): Promise<void> {
    if (isSaving.value) return
    isSaving.value = true
    problem.value = ''
    const written = text.value
    try {
      await write(written, expected)
      begun.value = written
      isConflict.value = false
      shell.say(t('models.file.kept'))
    } catch (error) {
      isConflict.value = error instanceof RequestError && error.code === 'conflict'
      problem.value = wordsFor(error)
    }
    isSaving.value = false
  }
  return { problem, isConflict, isSaving, saveOver }
}
