import { type useComposer } from './use-composer.ts'
import { useScriptKeys } from './use-script-keys.ts'

type Composer = ReturnType<typeof useComposer>

/**
 * Enter sends, Shift+Enter breaks the line, Ctrl+Enter interrupts; in the `@` menu the arrows, Enter, Tab and Esc.
 * While nothing is written, keys are for what was said last.
 */
export function useComposerKeys(composer: Composer): (event: KeyboardEvent) => void {
  const onScriptKey = useScriptKeys()
  const inMenu: Record<string, () => void> = {
    ArrowDown: () => step(composer, 1),
    ArrowUp: () => step(composer, -1),
    Enter: () => chooseActive(composer),
    Tab: () => chooseActive(composer),
    Escape: () => void (composer.mention.value = null),
  }
  return (event) => {
    if (event.isComposing) return
    const act = composer.members.value.length > 0 ? inMenu[event.key] : undefined
    if (act) {
      event.preventDefault()
      event.stopPropagation()
      act()
    } else if (composer.text.value === '' && onScriptKey(event)) event.stopPropagation()
    else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      composer.send(event.ctrlKey || event.metaKey)
    }
  }
}

function step({ members, activeIndex }: Composer, by: number): void {
  const count = members.value.length
  activeIndex.value = (activeIndex.value + by + count) % count
}

function chooseActive({ members, activeIndex, choose }: Composer): void {
  const member = members.value[activeIndex.value]
  if (member) void choose(member)
}
