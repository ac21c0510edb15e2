import { useFileDialog } from '@vueuse/core'
import { t } from '../../i18n/index.ts'
import { useBackstage } from '../../stores/backstage.ts'
import { useShell } from '../../stores/shell.ts'
import { lorebookFile, readLorebook } from './lorebook-file.ts'

/** Lorebooks come from files, and go into files. @param onImported is told the id of each new one. */
export function useLoreFiles(onImported: (lorebookId: string) => void) {
  const backstage = useBackstage()
  const shell = useShell()
  const dialog = useFileDialog({ accept: '.json,application/json', multiple: false, reset: true })
  dialog.onChange((files) => {
    const file = files?.[0]
    if (file) void take(file)
  })

  async function take(file: File): Promise<void> {
    const read = readLorebook(await file.text())
    if (typeof read === 'string') return shell.say(read)
    try {
      const book = await backstage.createLorebook(read)
      onImported(book.lorebook_id)
      shell.say(t('backstage.lore.here', { name: book.name, count: book.entries.length }))
    } catch {
      shell.say(t('backstage.lore.notKept'))
    }
  }

  async function give(lorebookId: string): Promise<void> {
    try {
      const { name, text } = lorebookFile(await backstage.getLorebook(lorebookId))
      const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
      const link = Object.assign(document.createElement('a'), { href: url, download: name })
      link.click()
      setTimeout(() => URL.revokeObjectURL(url), 1_000)
    } catch {
      shell.say(t('backstage.lore.notFetched'))
    }
  }

  return { open: () => dialog.open(), give }
}
