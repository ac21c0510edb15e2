import { computed, onScopeDispose, ref, watch } from 'vue'
import { t } from '../../i18n/index.ts'
import { RequestError } from '../../socket/request-error.ts'
import { useShell } from '../../stores/shell.ts'
import { wordsFor } from '../settings/use-settings.ts'
import { useRunnersConfig } from './use-runners-config.ts'

/** The runners file while somebody writes in it. */
export function useFileText() {
  const shell = useShell()
  const { config, problem: loadProblem, load, write } = useRunnersConfig()
  const text = ref('')
  /** What it was when it was begun with. */
  const begun = ref('')
  const saveProblem = ref('')
  const isConflict = ref(false)
  const isSaving = ref(false)
  const isDirty = computed(() => text.value !== begun.value)

  function begin(now: string): void {
    text.value = now
    begun.value = now
    saveProblem.value = ''
    isConflict.value = false
  }

  // What others change meanwhile is shown, unless somebody writes here: then it is told when they save.
  watch(
    () => config.value?.text,
    (now) => {
      if (now !== undefined && !isDirty.value) begin(now)
    },
    { immediate: true },
  )

  async function saveOver(expected: string): Promise<void> {
    if (isSaving.value) return
    isSaving.value = true
    saveProblem.value = ''
    const written = text.value
    try {
      await write(written, expected)
      begun.value = written
      isConflict.value = false
      shell.say(t('models.file.kept'))
    } catch (error) {
      isConflict.value = error instanceof RequestError && error.code === 'conflict'
      saveProblem.value = wordsFor(error)
    }
    isSaving.value = false
  }

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
  }

  onScopeDispose(() => {
    if (isDirty.value) shell.say(t('models.form.left'), { name: t('models.form.keepThem'), run: () => void save() })
  })

  const problem = computed(() => saveProblem.value || loadProblem.value)
  return { text, config, problem, isConflict, isDirty, isSaving, save, keepMine, takeTheirs }
}
