import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { RunnerLogLine } from '#shared/entities.ts'
import { followEvents } from './follow-events.ts'

/** So many lines are kept; the server keeps fewer. */
const MOST_LINES = 2_000
/** A model that loads writes hundreds of lines at once. */
const GATHER_MS = 60

export interface LogLine extends RunnerLogLine {
  /** Never twice on a page. */
  readonly key: number
}

/** What a runner writes, from what it wrote lately on. */
export function useLogs(runnerId: () => string) {
  const lines = shallowRef<readonly LogLine[]>([])
  const isLost = ref(false)
  const isPaused = ref(false)
  const query = ref('')
  /** What came while nobody wanted to see it, or since the last look. */
  let waiting: LogLine[] = []
  const waitingCount = ref(0)
  let timer: ReturnType<typeof setTimeout> | undefined
  let count = 0

  function show(): void {
    timer = undefined
    lines.value = [...lines.value, ...waiting].slice(-MOST_LINES)
    waiting = []
    waitingCount.value = 0
  }

  function take(line: RunnerLogLine): void {
    count += 1
    waiting = [...waiting.slice(1 - MOST_LINES), { ...line, key: count }]
    if (isPaused.value) waitingCount.value = waiting.length
    else timer ??= setTimeout(show, GATHER_MS)
  }

  /** Whoever listens anew is told everything anew. */
  function begin(): void {
    waiting = []
    waitingCount.value = 0
    lines.value = []
    isLost.value = false
  }

  const follow = (id: string) =>
    followEvents({
      path: `/api/runners/${encodeURIComponent(id)}/logs`,
      event: RunnerLogLine,
      onEvent: take,
      onOpen: begin,
      onLost: () => (isLost.value = true),
    })
  let stop: (() => void) | undefined
  watch(
    runnerId,
    (id) => {
      stop?.()
      begin()
      stop = follow(id)
    },
    { immediate: true },
  )
  watch(isPaused, (now) => {
    if (!now) show()
  })
  onScopeDispose(() => {
    stop?.()
    clearTimeout(timer)
  })

  const found = computed(() => linesWith(lines.value, query.value))
  return { lines, found, query, isPaused, waitingCount, isLost }
}

/** Those in which the words stand, upper and lower case alike. */
export function linesWith<Line extends RunnerLogLine>(lines: readonly Line[], query: string): readonly Line[] {
  const wanted = query.trim().toLowerCase()
  return wanted === '' ? lines : lines.filter(({ text }) => text.toLowerCase().includes(wanted))
}
