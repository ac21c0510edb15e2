import { useEventListener, useResizeObserver } from '@vueuse/core'
import { ref, type ShallowRef } from 'vue'

type ElementRef = Readonly<ShallowRef<HTMLElement | null>>

const NEAR_PX = 56
const TOP_PX = 240

/**
 * Keeps the end of a growing text in view, unless the reader has scrolled up; keeps the reader's place when
 * older text is put in front.
 */
export function useBottomAnchor(scroller: ElementRef, content: ElementRef, onNearTop: () => void) {
  const isAtEnd = ref(true)
  let distanceFromEnd = 0
  let lastTop = 0
  let isPrepending = false

  function measure(): void {
    const element = scroller.value
    if (!element) return
    distanceFromEnd = element.scrollHeight - element.scrollTop - element.clientHeight
    // Only going up leaves the end: text that arrives also moves the end away, before it can be followed.
    if (distanceFromEnd < NEAR_PX) isAtEnd.value = true
    else if (element.scrollTop < lastTop) isAtEnd.value = false
    lastTop = element.scrollTop
    if (element.scrollTop < TOP_PX && element.scrollHeight > element.clientHeight) onNearTop()
  }

  function keepPlace(): void {
    const element = scroller.value
    if (!element) return
    if (isAtEnd.value) element.scrollTop = element.scrollHeight
    else if (isPrepending) element.scrollTop = element.scrollHeight - element.clientHeight - distanceFromEnd
  }

  function toEnd(behavior: ScrollBehavior = 'auto'): void {
    isAtEnd.value = true
    scroller.value?.scrollTo({ top: scroller.value.scrollHeight, behavior })
  }

  useEventListener(scroller, 'scroll', measure, { passive: true })
  useResizeObserver([scroller, content], keepPlace)

  return { isAtEnd, toEnd, setPrepending: (isOn: boolean) => void (isPrepending = isOn) }
}
