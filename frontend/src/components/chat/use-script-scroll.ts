import { useEventListener, useResizeObserver } from '@vueuse/core'
import { nextTick, ref, type ShallowRef } from 'vue'
import { type VirtualizerHandle } from 'virtua/vue'
import { type IndexRange } from '../../stores/sparse-lines.ts'

type ElementRef = Readonly<ShallowRef<HTMLElement | null>>

const NEAR_PX = 56

interface ScrollParts {
  readonly scroller: ElementRef
  readonly content: ElementRef
  readonly list: Readonly<ShallowRef<VirtualizerHandle | null>>
  /** Told what comes into view. */
  readonly onView: (range: IndexRange) => void
}

/** Keeps the end of a growing script in view, unless the reader has scrolled up. */
export function useScriptScroll({ scroller, content, list, onView }: ScrollParts) {
  const isAtEnd = ref(true)
  let lastTop = 0

  function visible(): IndexRange {
    const [element, rows] = [scroller.value, list.value]
    if (!element || !rows) return { from: 0, to: 0 }
    const top = element.scrollTop
    return { from: rows.findItemIndex(top), to: rows.findItemIndex(top + element.clientHeight) + 1 }
  }

  function measure(): void {
    const element = scroller.value
    if (!element) return
    const distanceFromEnd = element.scrollHeight - element.scrollTop - element.clientHeight
    // Only going up leaves the end: text that arrives also moves the end away, before it can be followed.
    if (distanceFromEnd < NEAR_PX) isAtEnd.value = true
    else if (element.scrollTop < lastTop) isAtEnd.value = false
    lastTop = element.scrollTop
    onView(visible())
  }

  function keepEnd(): void {
    const element = scroller.value
    if (element && isAtEnd.value) element.scrollTop = element.scrollHeight
    onView(visible())
  }

  /** The way is short enough to be seen, or it is not shown. */
  function toEnd(behavior: ScrollBehavior = 'auto'): void {
    const element = scroller.value
    isAtEnd.value = true
    if (!element) return
    const isNear = element.scrollHeight - element.scrollTop < 4 * element.clientHeight
    element.scrollTo({ top: element.scrollHeight, behavior: isNear ? behavior : 'auto' })
  }

  function toIndex(index: number, align: 'center' | 'nearest' | 'start'): void {
    isAtEnd.value = false
    list.value?.scrollToIndex(index, { align })
  }

  useEventListener(scroller, 'scroll', measure, { passive: true })
  useResizeObserver([scroller, content], keepEnd)
  /** Of the rows; told before they are placed anew. */
  const onRowsResize = (): void => void nextTick(keepEnd)

  return { isAtEnd, toEnd, toIndex, visible, onRowsResize }
}
