import { ref } from 'vue'
import { useRouter } from 'vue-router'
import { type ModelFileInfo, type RunnerInfo } from '#shared/entities.ts'
import { t } from '../../i18n/index.ts'
import { useShell } from '../../stores/shell.ts'
import { wordsFor } from '../settings/use-settings.ts'
import { answerWith, pinRunner, removeFile, startRunner, stopRunner } from './models-api.ts'
import { changedEntry, type Entry, entryFor, freeName, namesIn } from './runners-file.ts'
import { useModels } from './use-models.ts'
import { useRunnersConfig } from './use-runners-config.ts'

export const pathOf = (id: string, tab = '') =>
  `/models/runner/${encodeURIComponent(id)}${tab === '' ? '' : `/${tab}`}`

/** What can be done with a runner that is there. */
export function useRunnerVerbs() {
  const shell = useShell()
  const { showRunner } = useModels()
  const busy = ref<ReadonlySet<string>>(new Set())

  async function run(id: string, verb: () => Promise<RunnerInfo>): Promise<void> {
    busy.value = new Set([...busy.value, id])
    try {
      showRunner(await verb())
    } catch (error) {
      shell.say(wordsFor(error))
    }
    busy.value = new Set([...busy.value].filter((one) => one !== id))
  }

  return {
    isBusy: (id: string) => busy.value.has(id),
    start: (id: string) => run(id, () => startRunner(id)),
    stop: (id: string) => run(id, () => stopRunner(id)),
    /** Whoever has nobody else to ask, asks this one from now on. */
    async choose(id: string): Promise<void> {
      try {
        await answerWith(id)
        shell.say(t('models.chosen', { name: id }))
      } catch (error) {
        shell.say(wordsFor(error))
      }
    },
    pin: ({ id, is_pinned: isPinned }: RunnerInfo) => run(id, () => pinRunner(id, !isPinned)),
  }
}

/** What is done by changing the runners file. Each says whether it has come about. */
export function useRunnerChanges() {
  const shell = useShell()
  const router = useRouter()
  const { change } = useRunnersConfig()
  const { loadFiles } = useModels()

  async function tell(work: () => Promise<void>): Promise<boolean> {
    try {
      await work()
      return true
    } catch (error) {
      shell.say(wordsFor(error))
      return false
    }
  }

  /** A runner for a file that was found, and the way there. */
  const make = (file: ModelFileInfo) =>
    tell(async () => {
      let id = ''
      await change((entries) => {
        const entry = entryFor(file, namesIn(entries))
        id = entry.id
        return [...entries, entry]
      })
      shell.say(t('models.made', { name: id }))
      await router.push(pathOf(id))
    })

  const rename = (id: string, name: string) =>
    tell(async () => {
      await change((entries) => entries.map((entry) => (entry['id'] === id ? { ...entry, id: name } : entry)))
      await router.replace(pathOf(name))
    })

  const copy = (id: string, name: string) =>
    tell(async () => {
      await change((entries) => entries.flatMap((entry) => (entry['id'] === id ? withCopy(entry, name) : [entry])))
      await router.push(pathOf(name, 'parameters'))
    })

  function putBack(entry: Entry, at: number): void {
    void tell(async () => {
      await change((entries) => entries.toSpliced(at, 0, entry))
      shell.say(t('models.restored', { name: String(entry['id']) }))
    })
  }

  /** Its file stays, and it can be had back. */
  const remove = (id: string) =>
    tell(async () => {
      let gone: Entry | undefined
      let at = 0
      await change((entries) => {
        at = entries.findIndex((entry) => entry['id'] === id)
        gone = entries[at]
        return entries.filter((entry) => entry !== gone)
      })
      const entry = gone
      if (!entry) return
      shell.say(t('models.removed', { name: id }), { name: t('common.undo'), run: () => putBack(entry, at) })
      await router.push('/models')
    })

  const deleteFile = (path: string) =>
    tell(async () => {
      await removeFile(path)
      await loadFiles()
    })

  return { make, rename, copy, remove, deleteFile }
}

/** Further names are of one runner only. */
function withCopy(entry: Entry, id: string): readonly Entry[] {
  return [entry, changedEntry({ ...entry, id }, { aliases: undefined, pinned: undefined })]
}

/** A name for a copy of it. */
export function copyName(id: string, entries: readonly Entry[]): string {
  return freeName(`${id}-2`, namesIn(entries))
}
