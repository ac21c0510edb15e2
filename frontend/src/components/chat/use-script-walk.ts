import { useEventListener } from '@vueuse/core'
import { computed, nextTick, ref, type ShallowRef } from 'vue'
import { useRoom } from '../../stores/room.ts'
import { useShell } from '../../stores/shell.ts'
import { type IndexRange } from '../../stores/sparse-lines.ts'

interface WalkParts {
  readonly scroller: Readonly<ShallowRef<HTMLElement | null>>
  readonly visible: () => IndexRange
  readonly toIndex: (index: number, align: 'center' | 'nearest' | 'start') => void
  readonly toEnd: () => void
}

/** A line that has still to be fetched is waited for this long. */
const MOST_FRAMES = 120

/**
 * ↑ and ↓ go from line to line, Home and End to the first and the last. The focus stays on a line that is scrolled out
 * of sight.
 */
export function useScriptWalk(parts: WalkParts) {
  const room = useRoom()
  const { focusedId, keptIndexes } = useFocusedLine(parts.scroller)

  async function focusLine(index: number, align: 'center' | 'nearest' | 'start' = 'nearest'): Promise<void> {
    parts.toIndex(index, align)
    for (let frame = 0; frame < MOST_FRAMES; frame += 1) {
      await nextTick()
      const line = parts.scroller.value?.querySelector<HTMLElement>(`[data-row="${index}"] article`)
      line?.focus({ preventScroll: true })
      // A row is out of sight until it has been measured.
      if (line && document.activeElement === line) return
      await new Promise(requestAnimationFrame)
    }
  }

  function onKeydown(event: KeyboardEvent): void {
    if (hasModifier(event) || isForControl(event) || room.lineCount === 0) return
    const here = focusedId.value === null ? -1 : room.indexOfLine(focusedId.value)
    const index = goalOf(event.key, { here, last: room.lineCount - 1, view: parts.visible() })
    if (index === undefined) return
    event.preventDefault()
    if (event.key === 'End' && here === -1) parts.toEnd()
    else if (event.key === 'Home' && here === -1) parts.toIndex(0, 'start')
    else void focusLine(index)
  }

  return { keptIndexes, focusLine, onKeydown }
}

/** Which line has the focus, and which rows must not be taken away for it. */
function useFocusedLine(scroller: WalkParts['scroller']) {
  const room = useRoom()
  const shell = useShell()
  const focusedId = ref<string | null>(null)
  useEventListener(scroller, 'focusin', (event) => (focusedId.value = messageIdOf(event.target)))
  useEventListener(scroller, 'focusout', (event) => {
    if (!scroller.value?.contains(asNode(event.relatedTarget))) focusedId.value = null
  })
  const keptIndexes = computed(() =>
    [focusedId.value, shell.editingMessageId].flatMap((id) => {
      const index = id === null ? -1 : room.indexOfLine(id)
      return index === -1 ? [] : [index]
    }),
  )
  return { focusedId, keptIndexes }
}

interface Standing {
  /** -1: on no line. */
  readonly here: number
  readonly last: number
  readonly view: IndexRange
}

/** Where a key leads; from the script itself, to the lines in view. */
function goalOf(key: string, { here, last, view }: Standing): number | undefined {
  const isOnLine = here !== -1
  if (key === 'ArrowUp') return isOnLine ? Math.max(0, here - 1) : Math.min(view.to - 1, last)
  if (key === 'ArrowDown') return isOnLine ? Math.min(last, here + 1) : view.from
  if (key === 'Home') return 0
  return key === 'End' ? last : undefined
}

const asNode = (target: EventTarget | null): Node | null => (target instanceof Node ? target : null)

function messageIdOf(target: EventTarget | null): string | null {
  const line = target instanceof Element ? target.closest<HTMLElement>('[data-message]') : null
  return line?.dataset['message'] ?? null
}

function hasModifier({ ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean {
  return ctrlKey || metaKey || altKey || shiftKey
}

/** Whether what has the focus has a use of its own for the key. */
function isForControl({ target }: KeyboardEvent): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, summary, [role="menu"] *')
}
