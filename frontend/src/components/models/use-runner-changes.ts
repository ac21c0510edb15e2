import { useRouter } from 'vue-router'
import { type ModelFileInfo } from '#shared/entities.ts'
import { t } from '../../i18n/index.ts'
import { useShell } from '../../stores/shell.ts'
import { wordsFor } from '../settings/use-settings.ts'
import { changedEntry, type Entry, entryFor, freeName, namesIn } from './runners-file.ts'
import { pathOf } from './use-runner-verbs.ts'
import { useRunnersConfig } from './use-runners-config.ts'

type Tell = (work: () => Promise<void>) => Promise<void>

/** What is done by changing the runners file. What does not come about is told. */
export function useRunnerChanges() {
  const shell = useShell()
  const router = useRouter()
  const { change } = useRunnersConfig()
  const tell: Tell = async (work) => {
    try {
      await work()
    } catch (error) {
      shell.say(wordsFor(error))
    }
  }
  const remove = useRemoving(tell)

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
      await change((entries) =>
        entries.flatMap((entry) => (entry['id'] === id ? [entry, copyOf(entry, name)] : [entry])),
      )
      await router.push(pathOf(name, 'parameters'))
    })

  return { make, rename, copy, remove }
}

/** The runner goes, its file stays; and it can be had back. */
function useRemoving(tell: Tell) {
  const shell = useShell()
  const router = useRouter()
  const { change } = useRunnersConfig()

  const putBack = (entry: Entry, at: number) =>
    tell(async () => {
      await change((entries) => entries.toSpliced(at, 0, entry))
      shell.say(t('models.restored', { name: String(entry['id']) }))
    })

  return (id: string) =>
    tell(async () => {
      const gone: { entry: Entry; at: number }[] = []
      await change((entries) => {
        const at = entries.findIndex((entry) => entry['id'] === id)
        const entry = entries[at]
        if (entry) gone.push({ entry, at })
        return entries.filter((one) => one !== entry)
      })
      const [undo] = gone
      if (!undo) return
      const run = () => void putBack(undo.entry, undo.at)
      shell.say(t('models.removed', { name: id }), { name: t('common.undo'), run })
      await router.push('/models')
    })
}

/** Further names are of one runner only. */
function copyOf(entry: Entry, id: string): Entry {
  return changedEntry({ ...entry, id }, { aliases: undefined, pinned: undefined })
}

/** A name for a copy of it. */
export function copyName(id: string, entries: readonly Entry[]): string {
  return freeName(`${id}-2`, namesIn(entries))
}
