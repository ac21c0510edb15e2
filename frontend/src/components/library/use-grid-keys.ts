import { nextTick, ref, watch, type Ref } from 'vue'

interface GridActions {
  readonly edit: (id: string) => void
  readonly favour: (id: string) => void
  readonly choose: (id: string) => void
  readonly remove: (id: string) => void
}

interface Grid {
  readonly ids: Readonly<Ref<readonly (string | undefined)[]>>
  readonly columns: Readonly<Ref<number>>
  /** How many rows are seen at once. */
  readonly pageRows: () => number
  /** Brings a place of the list into view, and the keyboard to it. */
  readonly show: (index: number) => void
}

/** The keyboard in the library: arrows walk, letters do what buttons do. */
export function useGridKeys(grid: Grid, actions: GridActions) {
  const current = ref(0)
  watch(grid.ids, ({ length }) => {
    if (current.value >= length) current.value = Math.max(0, length - 1)
  })

  function move(to: number): void {
    const last = grid.ids.value.length - 1
    if (last < 0) return
    current.value = Math.min(last, Math.max(0, to))
    void nextTick(() => grid.show(current.value))
  }

  function act(run: (id: string) => void): void {
    const id = grid.ids.value[current.value]
    if (id !== undefined) run(id)
  }

  function onKeydown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    // A star or a speech bubble that has the focus is pressed by Space, as buttons are.
    if (event.key === ' ' && !isFace(event.target)) return
    const columns = grid.columns.value
    const page = columns * Math.max(1, grid.pageRows() - 1)
    const steps: Record<string, () => void> = {
      ArrowRight: () => move(current.value + 1),
      ArrowLeft: () => move(current.value - 1),
      ArrowDown: () => move(current.value + columns),
      ArrowUp: () => move(current.value - columns),
      PageDown: () => move(current.value + page),
      PageUp: () => move(current.value - page),
      Home: () => move(0),
      End: () => move(grid.ids.value.length - 1),
      e: () => act(actions.edit),
      f: () => act(actions.favour),
      ' ': () => act(actions.choose),
      Delete: () => act(actions.remove),
    }
    const step = steps[event.key]
    if (step) event.preventDefault()
    step?.()
  }

  return { current, onKeydown, move }
}

function isFace(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('.face')
}
