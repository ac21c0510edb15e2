/** ↑ and ↓ go from link to link of a list. */
export function useListKeys(): (event: KeyboardEvent) => void {
  return (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const { currentTarget: list, target } = event
    if (by === undefined || !(list instanceof HTMLElement) || !(target instanceof HTMLElement)) return
    if (!target.matches('a')) return
    const links = [...list.querySelectorAll<HTMLElement>('a')]
    const next = links[links.indexOf(target) + by]
    if (next === undefined) return
    event.preventDefault()
    next.focus()
    next.scrollIntoView({ block: 'nearest' })
  }
}
