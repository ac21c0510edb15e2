import { useStorage } from '@vueuse/core'
import { type useComposer } from './use-composer.ts'
import { useScriptKeys } from './use-script-keys.ts'

type Composer = ReturnType<typeof useComposer>

/** Under which the browser keeps the key that sends. */
const SEND_KEY = 'troupe.send-key'

/**
 * Enter sends, Shift+Enter breaks the line, Ctrl+Enter interrupts; or, if the user wants it so, Enter breaks the line,
 * Ctrl+Enter sends, Ctrl+Shift+Enter interrupts. In the `@` and `/` menus the arrows, Enter, Tab and Esc.
 * While nothing is written, keys are for what was said last.
 */
export function useComposerKeys(composer: Composer): (event: KeyboardEvent) => void {
  const onScriptKey = useScriptKeys()
  const sendKey = useStorage<'enter' | 'ctrl-enter'>(SEND_KEY, 'enter')
  return (event) => {
    if (event.isComposing) return
    const act = menuKeys(composer)[event.key]
    if (act) {
      event.preventDefault()
      event.stopPropagation()
      act()
    } else if (composer.text.value === '' && onScriptKey(event)) event.stopPropagation()
    else {
      const sending = sendingOf(event, sendKey.value)
      if (sending === null) return
      event.preventDefault()
      composer.send(sending === 'interrupting')
    }
  }
}

/** What the key does, if it sends. */
export function sendingOf(
  event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey'>,
  sendKey: 'enter' | 'ctrl-enter',
): 'sending' | 'interrupting' | null {
  if (event.key !== 'Enter') return null
  const hasControl = event.ctrlKey || event.metaKey
  if (sendKey === 'enter') {
    if (event.shiftKey) return null
    return hasControl ? 'interrupting' : 'sending'
  }
  if (!hasControl) return null
  return event.shiftKey ? 'interrupting' : 'sending'
}

/** The keys of the menu that is open. */
function menuKeys(composer: Composer): Record<string, () => void> {
  const { members, menu } = composer
  if (menu.entries.value.length > 0) {
    const entry = menu.entries.value[menu.activeIndex.value]
    return {
      ...arrows(menu.activeIndex, menu.entries.value.length),
      Enter: () => entry && menu.take(entry, true),
      Tab: () => entry && menu.take(entry, false),
      Escape: menu.close,
    }
  }
  if (members.value.length === 0) return {}
  const member = members.value[composer.activeIndex.value]
  const choose = (): void => void (member && composer.choose(member))
  return {
    ...arrows(composer.activeIndex, members.value.length),
    Enter: choose,
    Tab: choose,
    Escape: () => void (composer.mention.value = null),
  }
}

function arrows(index: { value: number }, count: number): Record<string, () => void> {
  const step = (by: number) => () => (index.value = (index.value + by + count) % count)
  return { ArrowDown: step(1), ArrowUp: step(-1) }
}
