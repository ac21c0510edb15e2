import { computed, onScopeDispose, ref, type Ref, shallowRef, watch } from 'vue'
import { RunnerLogLine } from '#shared/entities.ts'
import { followEvents } from './follow-events.ts'

/** So many lines are kept; the server keeps fewer. */
const MOST_LINES = 2_000
/** A model that loads writes hundreds of lines at once. */
const GATHER_MS = 60

interface LogLine extends RunnerLogLine {
  /** Never twice on a page. */
  readonly key: number
}

/** What a runner writes, from what it wrote lately on. */
export function useLogs(runnerId: () => string) {
  const isPaused = ref(false)
  const isLost = ref(false)
  const query = ref('')
  const { lines, waitingCount, take, begin } = useGathered(isPaused)
  const follow = (id: string) =>
    followEvents({
      path: `/api/runners/${encodeURIComponent(id)}/logs`,
      event: RunnerLogLine,
      onEvent: take,
      // Whoever listens anew is told everything anew.
      onOpen() {
        isLost.value = false
        begin()
      },
      onLost: () => (isLost.value = true),
    })
  watch(
    runnerId,
    (id, _before, onCleanup) => {
      begin()
      onCleanup(follow(id))
    },
    { immediate: true },
  )
  const found = computed(() => linesWith(lines.value, query.value))
  return { lines, found, query, isPaused, waitingCount, isLost }
}

/** Lines that come one by one, and are shown many at once; or not, as long as somebody holds them. */
function useGathered(isPaused: Ref<boolean>) {
  const lines = shallowRef<readonly LogLine[]>([])
  const waitingCount = ref(0)
  let waiting: LogLine[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let count = 0

  function show(): void {
    timer = undefined
    if (isPaused.value) return
    lines.value = [...lines.value, ...waiting].slice(-MOST_LINES)
    waiting = []
    waitingCount.value = 0
  }

  function take(line: RunnerLogLine): void {
    count += 1
    waiting.push({ ...line, key: count })
    if (waiting.length > 2 * MOST_LINES) waiting = waiting.slice(-MOST_LINES)
    if (isPaused.value) waitingCount.value = Math.min(MOST_LINES, waiting.length)
    else timer ??= setTimeout(show, GATHER_MS)
  }

  function begin(): void {
    waiting = []
    waitingCount.value = 0
    lines.value = []
  }

  watch(isPaused, show)
  onScopeDispose(() => clearTimeout(timer))
  return { lines, waitingCount, take, begin }
}

/** Those in which the words stand, upper and lower case alike. */
export function linesWith<Line extends RunnerLogLine>(
  lines: readonly Line[],
  query: string,
): readonly Line[] {
  const wanted = query.trim().toLowerCase()
  return wanted === '' ? lines : lines.filter(({ text }) => text.toLowerCase().includes(wanted))
}
