import { ref } from 'vue'
import { currentLanguage, t } from '../../i18n/index.ts'
import { useLibrary } from '../../stores/library.ts'
import { useShell } from '../../stores/shell.ts'
import { fetchExport, fetchExports } from './export-file.ts'
import { saveFile } from './save-file.ts'

/** As many as one request may change. */
const MOST_AT_ONCE = 10_000
const RESTORED_AT_ONCE = 8

/** What is done to many characters with one gesture. All of it can be taken back. */
export function useBulk() {
  const library = useLibrary()
  const shell = useShell()
  const { isBusy, attempt } = useAttempts()

  type Change = Omit<Parameters<typeof library.changeCharacters>[0], 'ids'>
  const change = (ids: readonly string[], what: Change): Promise<boolean> =>
    attempt(async () => {
      for (let from = 0; from < ids.length; from += MOST_AT_ONCE) {
        await library.changeCharacters({ ids: ids.slice(from, from + MOST_AT_ONCE), ...what })
      }
    })

  const restore = (ids: readonly string[]): Promise<boolean> =>
    attempt(async () => {
      for (let from = 0; from < ids.length; from += RESTORED_AT_ONCE) {
        const some = ids.slice(from, from + RESTORED_AT_ONCE)
        await Promise.all(some.map((id) => library.restore(`character:${id}`)))
      }
    })

  async function remove(ids: readonly string[]): Promise<boolean> {
    const only = ids.length === 1 ? library.head(ids[0] ?? '')?.name : undefined
    const isDone = await change(ids, { delete: true })
    if (!isDone) return false
    const words =
      only === undefined ? t('library.bulk.deleted', ids.length) : t('library.deleted', { name: only })
    shell.say(words, { name: t('common.undo'), run: () => void restore(ids) })
    return true
  }

  return { isBusy, change, remove, ...useExports(attempt) }
}

function useAttempts() {
  const shell = useShell()
  const isBusy = ref(false)

  /** @returns whether it worked; if not, it has been said. */
  async function attempt(work: () => Promise<void>): Promise<boolean> {
    isBusy.value = true
    try {
      await work()
      return true
    } catch {
      shell.say(t('library.bulk.failed'))
      return false
    } finally {
      isBusy.value = false
    }
  }
  return { isBusy, attempt }
}

/** One character is saved as a card, several as one archive of cards. */
function useExports(attempt: (work: () => Promise<void>) => Promise<boolean>) {
  const saved = ref<{ count: number; size: string } | null>(null)
  let leaving = new AbortController()

  async function exportAll(ids: readonly string[]): Promise<void> {
    leaving = new AbortController()
    const { signal } = leaving
    const onBytes = (bytes: number): void => {
      saved.value = { count: ids.length, size: sizeText(bytes) }
    }
    onBytes(0)
    await attempt(async () => {
      const [only] = ids
      try {
        const isOne = ids.length === 1 && only !== undefined
        const fetched = isOne
          ? fetchExport(only, 'png')
          : fetchExports({ ids, format: 'png', signal, onBytes })
        const file = await fetched
        if (!signal.aborted) saveFile(file)
      } catch (error) {
        if (!signal.aborted) throw error
      }
    })
    saved.value = null
  }

  return { saved, exportAll, stopExport: (): void => leaving.abort() }
}

const BYTES_PER_MB = 1_000_000

/** In whole megabytes: it is read aloud whenever it changes. */
function sizeText(bytes: number): string {
  return new Intl.NumberFormat(currentLanguage()).format(Math.floor(bytes / BYTES_PER_MB))
}
