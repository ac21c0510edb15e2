import { useShell } from '../../stores/shell.ts'

/** Puts text on the clipboard and says so. */
export function useCopy(): (text: string) => Promise<void> {
  const shell = useShell()
  return async (text) => {
    try {
      await navigator.clipboard.writeText(text)
      shell.say('Copied')
    } catch {
      shell.say('This browser does not let the page copy. Select the text and copy it yourself.')
    }
  }
}
