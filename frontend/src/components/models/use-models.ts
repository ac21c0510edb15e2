import { createSharedComposable, useNow } from '@vueuse/core'
import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import {
  type Download,
  type ModelFileInfo,
  type RunnerInfo,
  RunnersEvent,
  type RunnersAnswer,
} from '#shared/entities.ts'
import { useShell } from '../../stores/shell.ts'
import { wordsFor } from '../settings/use-settings.ts'
import { followEvents } from './follow-events.ts'
import { fetchDownloads, fetchFiles, fetchRunners, removeFile } from './models-api.ts'

const EVENTS = '/api/runners/events'

/** What runs where, what is on the disk and what is on its way there: live, as long as somebody looks. */
export const useModels = createSharedComposable(() => {
  const answer = shallowRef<RunnersAnswer | null>(null)
  const problem = ref('')
  /** Rises when somebody has changed the runners file. */
  const configCount = ref(0)
  const files = useFiles()
  const downloads = useDownloads(files.loadFiles)
  const live: Live = { answer, configCount, ...files, ...downloads }
  const { isLost, listen } = useLine(live, () => {
    void downloads.loadDownloads()
    void files.loadFiles()
  })

  async function load(): Promise<void> {
    problem.value = ''
    try {
      answer.value = await fetchRunners()
      if (answer.value.is_there) listen()
    } catch (error) {
      problem.value = wordsFor(error)
    }
  }
  void load()

  const now = useNow({ interval: 1_000 })
  const runners = computed(() => answer.value?.overview.runners ?? [])
  const nowMs = computed(() => now.value.getTime())
  const showRunner = (runner: RunnerInfo) => take(live, { type: 'runner', data: runner })
  const parts = { ...files, ...downloads }
  return { answer, runners, problem, isLost, configCount, nowMs, load, showRunner, ...parts }
})

/** The server tells what happens. @param onOpen it begins, or begins anew. */
function useLine(live: Live, onOpen: () => void) {
  const isLost = ref(false)
  let stop: (() => void) | undefined
  let isOver = false

  function listen(): void {
    stop?.()
    // Somebody may have left while it was asked for.
    if (isOver) return
    stop = followEvents({
      path: EVENTS,
      event: RunnersEvent,
      onEvent: (event) => take(live, event),
      onOpen() {
        isLost.value = false
        onOpen()
      },
      onLost: () => (isLost.value = true),
    })
  }
  onScopeDispose(() => {
    isOver = true
    stop?.()
  })
  return { isLost, listen }
}

interface Live {
  readonly answer: { value: RunnersAnswer | null }
  readonly configCount: { value: number }
  readonly takeDownload: (download: Download) => void
  readonly loadFiles: () => Promise<void>
}

function take({ answer, configCount, takeDownload, loadFiles }: Live, event: RunnersEvent): void {
  const before = answer.value
  if (event.type === 'overview') answer.value = event.data
  else if (event.type === 'download') takeDownload(event.data)
  else if (before && event.type === 'config') {
    const { config_problem: _, ...rest } = before
    answer.value = {
      ...rest,
      ...(event.data.problem === undefined ? {} : { config_problem: event.data.problem }),
    }
    configCount.value += 1
    void loadFiles()
  } else if (before && event.type !== 'config') {
    const runners = withRunner(before.overview.runners, event)
    answer.value = { ...before, overview: { ...before.overview, runners } }
  }
}

type RunnerEvent = Extract<RunnersEvent, { type: 'runner' | 'runner_gone' }>

export function withRunner(runners: readonly RunnerInfo[], { type, data }: RunnerEvent): RunnerInfo[] {
  if (type === 'runner_gone') return runners.filter(({ id }) => id !== data.id)
  const isKnown = runners.some(({ id }) => id === data.id)
  return isKnown ? runners.map((one) => (one.id === data.id ? data : one)) : [...runners, data]
}

function useFiles() {
  const files = shallowRef<readonly ModelFileInfo[] | null>(null)
  const filesProblem = ref('')
  async function loadFiles(): Promise<void> {
    try {
      files.value = await fetchFiles()
      filesProblem.value = ''
    } catch (error) {
      filesProblem.value = wordsFor(error)
    }
  }
  const shell = useShell()
  async function deleteFile(path: string): Promise<void> {
    try {
      files.value = await removeFile(path)
    } catch (error) {
      shell.say(wordsFor(error))
    }
  }
  return { files, filesProblem, loadFiles, deleteFile }
}

function useDownloads(onDone: () => Promise<void>) {
  const downloads = shallowRef<readonly Download[]>([])

  function takeDownload(download: Download): void {
    const before = downloads.value.find(({ id }) => id === download.id)
    downloads.value = before
      ? downloads.value.map((one) => (one.id === download.id ? download : one))
      : [download, ...downloads.value]
    if (download.state === 'done' && before?.state !== 'done') void onDone()
  }

  /** What is not told now is told by the events. */
  async function loadDownloads(): Promise<void> {
    const listed = await fetchDownloads().catch(() => null)
    if (listed) downloads.value = listed.toReversed()
  }
  return { downloads, takeDownload, loadDownloads }
}
