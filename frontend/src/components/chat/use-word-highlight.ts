import { onScopeDispose, type ShallowRef, watch } from 'vue'
import { type TranscriptLine } from '../../stores/types.ts'
import { alignment } from './script-text.ts'

type Painted = Pick<TranscriptLine, 'text' | 'sounding' | 'heardUntil'>

/**
 * Paints the word that sounds, and greys what is still to come, over text that is already there: the page does
 * not change and nothing moves. Where the browser cannot paint highlights, nothing happens.
 */
export function useWordHighlight(
  element: Readonly<ShallowRef<HTMLElement | null>>,
  line: () => Painted,
): void {
  if (!('highlights' in CSS)) return
  const painted: [name: string, range: Range][] = []

  function wipe(): void {
    for (const [name, range] of painted.splice(0)) CSS.highlights.get(name)?.delete(range)
  }

  function paint(name: string, range: Range | null): void {
    if (!range) return
    const highlight = CSS.highlights.get(name) ?? new Highlight()
    highlight.add(range)
    CSS.highlights.set(name, highlight)
    painted.push([name, range])
  }

  function repaint(): void {
    wipe()
    const { text, sounding, heardUntil } = line()
    const root = element.value
    const isPainted = sounding !== null || heardUntil !== null
    // Which elements may be painted: styles for all of them would cost every page.
    root?.toggleAttribute('data-painted', isPainted)
    if (!root || !isPainted) return
    const places = alignment(text, root.textContent)
    const at = (index: number) => places[Math.min(index, text.length)] ?? 0
    if (sounding) paint('sounding', rangeIn(root, at(sounding.start), at(sounding.end)))
    const heard = Math.max(heardUntil ?? 0, sounding?.end ?? 0)
    if (heardUntil !== null) paint('ahead', rangeIn(root, at(heard), root.textContent.length))
  }

  watch([element, line], repaint, { flush: 'post', immediate: true })
  onScopeDispose(wipe)
}

/** The range between two places of an element's text, or nothing where it would be empty. */
function rangeIn(root: HTMLElement, start: number, end: number): Range | null {
  if (end <= start) return null
  const range = document.createRange()
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  let passed = 0
  let hasStart = false
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const length = node.textContent?.length ?? 0
    if (!hasStart && start < passed + length) {
      range.setStart(node, start - passed)
      hasStart = true
    }
    if (hasStart && end <= passed + length) {
      range.setEnd(node, end - passed)
      return range
    }
    passed += length
  }
  return null
}
