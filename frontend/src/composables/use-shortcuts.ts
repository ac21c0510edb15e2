import { useEventListener } from '@vueuse/core'
import { hasModifier, isForControl, isOnPage, isUnderDialog } from './key-target.ts'

export interface ShortcutActions {
  /** The key of push-to-talk goes down. */
  readonly talkStart: () => void
  /** It comes up, or the page loses sight of it. */
  readonly talkEnd: () => void
  /** Esc */
  readonly interrupt: () => void
  /** Shift+Esc */
  readonly silence: () => void
  /** M */
  readonly toggleMic: () => void
  /** O */
  readonly toggleVoice: () => void
  /** C */
  readonly toggleCaptions: () => void
  /** W */
  readonly write: () => void
  /** ← or →, while no control has the focus */
  readonly step: (by: 1 | -1) => void
  /** The key that is held to talk now, as in `KeyboardEvent.code`; null while there is nothing to hold. */
  readonly talkKey: () => string | null
}

/** The keys of the conversation. They stay out of the way while the user types or a control has the focus. */
export function useShortcuts(actions: ShortcutActions): void {
  const talk = useHeldKey(actions)
  const plain: Readonly<Record<string, () => void>> = {
    KeyM: actions.toggleMic,
    KeyO: actions.toggleVoice,
    KeyC: actions.toggleCaptions,
    KeyW: actions.write,
  }
  useEventListener(window, 'keydown', (event: KeyboardEvent) => {
    if (event.defaultPrevented) return
    if (event.code === 'Escape' && !hasModifier(event)) {
      if (event.shiftKey) actions.silence()
      else actions.interrupt()
    } else if (hasModifier(event) || isForControl(event) || isUnderDialog()) return
    else if (event.code === actions.talkKey()) talk.press(event)
    else if (event.code === 'ArrowLeft' && isOnPage(event)) actions.step(-1)
    else if (event.code === 'ArrowRight' && isOnPage(event)) actions.step(1)
    else if (!event.repeat && !event.shiftKey) pressPlain(plain, event)
  })
}

function pressPlain(plain: Readonly<Record<string, () => void>>, event: KeyboardEvent): void {
  const act = plain[event.code]
  if (!act) return
  // What it opens must not receive the letter.
  event.preventDefault()
  act()
}

function useHeldKey(actions: ShortcutActions) {
  let heldCode: string | null = null
  const release = (): void => {
    if (heldCode === null) return
    heldCode = null
    actions.talkEnd()
  }
  useEventListener(window, 'keyup', (event: KeyboardEvent) => {
    if (event.code === heldCode) release()
  })
  // The key's release is lost when the page loses the keyboard while it is held.
  useEventListener(window, 'blur', release)
  useEventListener(document, 'visibilitychange', () => {
    if (document.visibilityState === 'hidden') release()
  })
  return {
    press(event: KeyboardEvent): void {
      event.preventDefault()
      if (heldCode !== null || event.repeat) return
      heldCode = event.code
      actions.talkStart()
    },
  }
}
