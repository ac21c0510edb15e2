/** Whom a key is meant for. */

export function hasModifier(event: KeyboardEvent): boolean {
  return event.ctrlKey || event.metaKey || event.altKey
}

/** Whether the key becomes text where it is pressed. */
export function isTyping({ target }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false
  const isField = target.matches(
    'textarea, select, input:not([type="checkbox"], [type="radio"], [type="range"])',
  )
  return isField || target.isContentEditable
}

/** Whether the key means something to what has the focus: text to a field, a press to a button. */
export function isForControl(event: KeyboardEvent): boolean {
  if (isTyping(event)) return true
  const { target } = event
  if (!(target instanceof HTMLElement)) return false
  return (
    event.code === 'Space' && target.matches('button, a, input, summary, [role]:not([role="presentation"])')
  )
}

/** Whether the page itself has the focus, or the script: controls have their own use for arrows. */
export function isOnPage(event: KeyboardEvent): boolean {
  const isPage =
    event.target instanceof HTMLElement && event.target.matches('body, main, article, [role="region"]')
  return isPage && !event.repeat && !event.shiftKey
}

/** Whether something lies over the page and has the keyboard. */
export function isUnderDialog(): boolean {
  return (
    document.querySelector('[role="dialog"][data-state="open"], [role="alertdialog"], [role="menu"]') !== null
  )
}
