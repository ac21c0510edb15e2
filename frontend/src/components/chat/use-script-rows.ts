import { shallowRef, type ShallowRef, watch } from 'vue'
import { useRoom } from '../../stores/room.ts'

/** So many pixels a script may measure: browsers cannot scroll through more than some 17 millions. */
const MOST_PX = 12_000_000
const LIKELY_ROW_PX = 96

/** What the list is told of the script. */
interface Rows {
  /** As long as the script; what is in it does not matter. */
  readonly data: unknown[]
  /** Whether lines have come or gone before those that were there. */
  readonly hasShifted: boolean
  /** How high a row is taken to be that has not been seen. */
  readonly likelyPx: number
}

/** The rows of the script: as many as there are lines, held or not. */
export function useScriptRows(): Readonly<ShallowRef<Rows>> {
  const room = useRoom()
  const rows = shallowRef<Rows>({ data: [], hasShifted: false, likelyPx: LIKELY_ROW_PX })
  watch(
    [() => room.lineCount, () => room.lineAt(room.lineCount - 1)?.id],
    ([count, lastId], [, lastBefore]) => {
      rows.value = {
        data: emptyOf(count),
        hasShifted: lastId !== undefined && lastId === lastBefore,
        likelyPx: Math.min(LIKELY_ROW_PX, Math.max(8, Math.floor(MOST_PX / Math.max(1, count)))),
      }
    },
    { immediate: true },
  )
  return rows
}

/** Without touching every place in it. */
function emptyOf(length: number): unknown[] {
  const data: unknown[] = []
  data.length = length
  return data
}
