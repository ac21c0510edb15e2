import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { t } from '../../i18n/index.ts'
import { RequestError } from '../../socket/request-error.ts'
import { useShell } from '../../stores/shell.ts'
import { wordsFor } from '../settings/use-settings.ts'
import { changedEntry, type Entry, withEntries } from './runners-file.ts'
import { fieldsOf, grouped } from './schema-fields.ts'
import { useRunnersConfig } from './use-runners-config.ts'

/** The parameters of a runner: as they are written, and what was changed of them here. */
export function useRunnerForm(id: () => string) {
  const { config, entries, problem: configProblem } = useRunnersConfig()
  const stored = computed(() => entries.value?.find((entry) => entry['id'] === id()))
  const changes = useEntryChanges(() => stored.value ?? {})
  const { entry, isDirty, canSave, clear } = changes
  const fields = computed(() => fieldsOf(config.value?.schema, String(entry.value['kind'])))
  const groups = computed(() => grouped(fields.value))
  const { problem, isSaving, save } = useSaving(id, changes)
  const wrongKey = computed(() => keyIn(problem.value))

  function discard(): void {
    clear()
    problem.value = ''
  }

  /** What is typed into a field counts when it is left: with the press of the button that saves. */
  const keep = async () => {
    if (isDirty.value && canSave.value) await save()
  }

  sayWhatIsLost(() => isDirty.value && canSave.value, save)
  const shown = { config, entries, configProblem, stored, fields, groups, problem, wrongKey, isSaving }
  return { ...shown, ...changes, save: keep, discard }
}

type EntryChanges = ReturnType<typeof useEntryChanges>

/** What somebody has changed, and could not be kept yet. */
function useEntryChanges(stored: () => Entry) {
  const patch = shallowRef<Entry>({})
  /** Fields in which something stands that cannot be kept. */
  const broken = ref<ReadonlySet<string>>(new Set())
  const entry = computed(() => changedEntry(stored(), patch.value))
  const isDirty = computed(() => Object.keys(patch.value).length > 0 || broken.value.size > 0)
  const canSave = computed(() => broken.value.size === 0)

  function set(key: string, value: unknown): void {
    const { [key]: _, ...others } = patch.value
    patch.value = isSame(stored()[key], value) ? others : { ...others, [key]: value }
  }

  function setBroken(key: string, isBroken: boolean): void {
    const others = [...broken.value].filter((one) => one !== key)
    broken.value = new Set(isBroken ? [...others, key] : others)
  }

  function clear(): void {
    patch.value = {}
    broken.value = new Set()
  }
  return { entry, isDirty, canSave, set, setBroken, clear }
}

function useSaving(id: () => string, { entry, clear }: EntryChanges) {
  const shell = useShell()
  const { config, load, write } = useRunnersConfig()
  const problem = ref('')
  const isSaving = ref(false)

  async function save(): Promise<void> {
    const before = config.value?.text
    if (before === undefined || isSaving.value) return
    isSaving.value = true
    problem.value = ''
    try {
      const changed = entry.value
      const text = withEntries(before, (all) => all.map((one) => (one['id'] === id() ? changed : one)))
      await write(text, before)
      clear()
      shell.say(t('models.form.kept'))
    } catch (error) {
      problem.value = await toldBy(error)
    }
    isSaving.value = false
  }

  /** What others have changed is shown; what was changed here stays, and can be saved on top of it. */
  async function toldBy(error: unknown): Promise<string> {
    if (!(error instanceof RequestError) || error.code !== 'conflict') return wordsFor(error)
    await load()
    return t('models.form.conflict')
  }
  return { problem, isSaving, save }
}

/** Nothing that was typed is lost without a word when the page is left. */
export function sayWhatIsLost(isDirty: () => boolean, save: () => Promise<void>): void {
  const shell = useShell()
  onScopeDispose(() => {
    if (isDirty())
      shell.say(t('models.form.left'), { name: t('models.form.keepThem'), run: () => void save() })
  })
}

/** Which parameter the server does not want: `"runners.0.args.1": …` */
export function keyIn(sentence: string): string | undefined {
  return /"runners\.\d+\.(?<key>\w+)/u.exec(sentence)?.groups?.['key']
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
