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
  const shell = useShell()
  const focusedId = ref<string | null>(null)
  const { scroller } = parts

  useEventListener(scroller, 'focusin', (event) => (focusedId.value = messageIdOf(event.target)))
  useEventListener(scroller, 'focusout', (event) => {
    if (!scroller.value?.contains(asNode(event.relatedTarget))) focusedId.value = null
  })

  /** Their rows must not be taken away. */
  const keptIndexes = computed(() =>
    [focusedId.value, shell.editingMessageId].flatMap((id) => {
      const index = id === null ? -1 : room.indexOfLine(id)
      return index === -1 ? [] : [index]
    }),
  )

  async function focusLine(index: number, align: 'center' | 'nearest' | 'start' = 'nearest'): Promise<void> {
    parts.toIndex(index, align)
    for (let frame = 0; frame < MOST_FRAMES; frame += 1) {
      await nextTick()
      const line = scroller.value?.querySelector<HTMLElement>(`[data-row="${index}"] article`)
      line?.focus({ preventScroll: true })
      // A row is out of sight until it has been measured.
      if (line && document.activeElement === line) return
      await new Promise(requestAnimationFrame)
    }
  }

  function goal(key: string): number | undefined {
    const here = focusedId.value === null ? -1 : room.indexOfLine(focusedId.value)
    const last = room.lineCount - 1
    const { from, to } = parts.visible()
    const goals: Record<string, number> = {
      ArrowUp: here === -1 ? Math.min(to - 1, last) : Math.max(0, here - 1),
      ArrowDown: here === -1 ? from : Math.min(last, here + 1),
      Home: 0,
      End: last,
    }
    return goals[key]
  }

  function onKeydown(event: KeyboardEvent): void {
    const index = hasModifier(event) || isForControl(event) ? undefined : goal(event.key)
    if (index === undefined || room.lineCount === 0) return
    event.preventDefault()
    if (event.key === 'End' && focusedId.value === null) parts.toEnd()
    else if (event.key === 'Home' && focusedId.value === null) parts.toIndex(0, 'start')
    else void focusLine(index)
  }

  return { keptIndexes, focusLine, onKeydown }
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
