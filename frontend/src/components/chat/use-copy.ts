import { t } from '../../i18n/index.ts'
import { useShell } from '../../stores/shell.ts'

/** Puts text on the clipboard and says so. */
export function useCopy(): (text: string) => Promise<void> {
  const shell = useShell()
  return async (text) => {
    try {
      await navigator.clipboard.writeText(text)
      shell.say(t('chat.copied'))
    } catch {
      shell.say(t('chat.cannotCopy'))
    }
  }
}
