import { computed, ref, shallowRef } from 'vue'

/** Several characters chosen for one thing to be done to all of them. */
export function useSelection() {
  const chosen = shallowRef<ReadonlySet<string>>(new Set())
  const isSelecting = ref(false)
  /** Where a range begins. */
  let anchor: string | null = null

  function set(ids: Iterable<string>): void {
    chosen.value = new Set(ids)
    isSelecting.value = true
  }

  function toggle(id: string): void {
    const next = new Set(chosen.value)
    if (!next.delete(id)) next.add(id)
    anchor = id
    set(next)
  }

  /** From the one that was chosen last to this one, as they stand in the list. */
  function extend(id: string, ids: readonly (string | undefined)[]): void {
    const [from, to] = [anchor === null ? -1 : ids.indexOf(anchor), ids.indexOf(id)]
    if (from === -1 || to === -1) return toggle(id)
    const between = ids.slice(Math.min(from, to), Math.max(from, to) + 1)
    set([...chosen.value, ...between.filter((one) => one !== undefined)])
  }

  function end(): void {
    chosen.value = new Set()
    isSelecting.value = false
    anchor = null
  }

  return {
    chosen,
    count: computed(() => chosen.value.size),
    isSelecting,
    has: (id: string): boolean => chosen.value.has(id),
    set,
    toggle,
    extend,
    end,
  }
}

export type Selection = ReturnType<typeof useSelection>
