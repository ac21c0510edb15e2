import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { t } from '../../i18n/index.ts'
import { LlmSettings, type LlmSettingsPatch } from '#shared/protocol/settings.ts'
import { callApi } from '../../socket/api.ts'
import { RequestError } from '../../socket/request-error.ts'
import { useConnection } from '../../stores/connection.ts'
import { useShell } from '../../stores/shell.ts'
import { formOf, patchOf, type SettingsForm } from './settings-form.ts'

const PATH = '/api/settings'

/** The settings of the language model: as they are kept, and as the fields have them. */
export function useSettings() {
  const shell = useShell()
  const applyHere = useApplyHere()
  const stored = shallowRef<LlmSettings | null>(null)
  const form = ref<SettingsForm | null>(null)
  const problem = ref('')
  const isSaving = ref(false)
  const patch = computed(() => (form.value && stored.value ? patchOf(form.value, stored.value) : {}))
  const isDirty = computed(() => Object.keys(patch.value).length > 0)

  function take(settings: LlmSettings): void {
    stored.value = settings
    form.value = formOf(settings)
    problem.value = ''
  }

  async function load(): Promise<void> {
    try {
      take(await callApi({ path: PATH, answer: LlmSettings }))
    } catch (error) {
      problem.value = wordsFor(error)
    }
  }

  async function save(): Promise<void> {
    const body = patch.value
    if (!isDirty.value || isSaving.value) return
    isSaving.value = true
    try {
      take(await callApi({ method: 'PATCH', path: PATH, body, answer: LlmSettings }))
      await applyHere(body)
      shell.say(t('settings.kept'))
    } catch (error) {
      problem.value = wordsFor(error)
      shell.say(t('settings.notKeptAbove'))
    }
    isSaving.value = false
  }

  void load()
  sayWhatIsLost(() => isDirty.value, save)

  const discard = () => stored.value && take(stored.value)
  return { stored, form, problem, isSaving, isDirty, load, save, discard }
}

/** Nothing that was typed is lost without a word when the page is left. */
function sayWhatIsLost(isDirty: () => boolean, save: () => Promise<void>): void {
  const shell = useShell()
  onScopeDispose(() => {
    if (isDirty()) shell.say(t('settings.notKept'), { name: t('settings.keepThem'), run: () => void save() })
  })
}

/** The conversation that is open does not have to begin anew for other sampling. */
function useApplyHere(): (patch: LlmSettingsPatch) => Promise<void> {
  const connection = useConnection()
  return async ({ llm_settings: settings }) => {
    if (settings) await connection.setModelSettings(settings).catch(() => {})
  }
}

export function wordsFor(error: unknown): string {
  return error instanceof RequestError ? error.message : t('settings.failed')
}
