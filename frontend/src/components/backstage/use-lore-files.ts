import { useFileDialog } from '@vueuse/core'
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
      shell.say(`“${book.name}” is here, with ${book.entries.length} entries.`)
    } catch {
      shell.say('The lorebook could not be kept. Nothing has changed.')
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
      shell.say('The lorebook could not be fetched. Try again in a moment.')
    }
  }

  return { open: () => dialog.open(), give }
}
