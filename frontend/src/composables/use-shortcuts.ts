import { useEventListener } from '@vueuse/core'

export interface ShortcutActions {
  /** Space goes down: push-to-talk begins. */
  readonly talkStart: () => void
  /** Space comes up, or the page loses sight of it. */
  readonly talkEnd: () => void
  /** Esc */
  readonly interrupt: () => void
  /** M */
  readonly toggleMic: () => void
  /** ← or →, while no control has the focus */
  readonly step: (by: 1 | -1) => void
  /** Whether Space is for talking now. */
  readonly canTalk: () => boolean
}

/** The keys of the conversation. They stay out of the way while the user types or a control has the focus. */
export function useShortcuts(actions: ShortcutActions): void {
  let isHeld = false
  const release = (): void => {
    if (!isHeld) return
    isHeld = false
    actions.talkEnd()
  }
  useEventListener(window, 'keydown', (event: KeyboardEvent) => {
    if (event.defaultPrevented || hasModifier(event)) return
    if (event.code === 'Escape') actions.interrupt()
    else if (isForControl(event)) return
    else if (event.code === 'ArrowLeft' && isOnPage(event)) actions.step(-1)
    else if (event.code === 'ArrowRight' && isOnPage(event)) actions.step(1)
    else if (event.code === 'KeyM' && !event.repeat) actions.toggleMic()
    else if (event.code === 'Space' && actions.canTalk()) {
      event.preventDefault()
      if (isHeld || event.repeat) return
      isHeld = true
      actions.talkStart()
    }
  })
  useEventListener(window, 'keyup', (event: KeyboardEvent) => {
    if (event.code === 'Space') release()
  })
  // The key's release is lost when the page loses the keyboard while it is held.
  useEventListener(window, 'blur', release)
  useEventListener(document, 'visibilitychange', () => {
    if (document.visibilityState === 'hidden') release()
  })
}

function hasModifier(event: KeyboardEvent): boolean {
  return event.ctrlKey || event.metaKey || event.altKey
}

/** Whether the key means something to what has the focus: text to a field, a press to a button. */
function isForControl(event: KeyboardEvent): boolean {
  const target = event.target instanceof HTMLElement ? event.target : null
  if (target === null) return false
  if (target.isContentEditable || target.matches('input, textarea, select')) return true
  return event.code === 'Space' && target.matches('button, a, summary, [role]:not([role="presentation"])')
}

/** Whether the page itself has the focus, or the script: controls have their own use for arrows. */
function isOnPage(event: KeyboardEvent): boolean {
  const isPage =
    event.target instanceof HTMLElement && event.target.matches('body, main, article, [role="region"]')
  return isPage && !event.repeat && !event.shiftKey
}
