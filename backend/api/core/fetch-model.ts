import { type Download } from '#shared/entities.ts'
import { type LanguageModel, type PullProgress } from '../../engines/contracts.ts'
import { AppError } from '../../errors.ts'
import { abortReason } from '../../lib/abort.ts'
import { deferred } from '../../lib/deferred.ts'
import { type RunnerService } from '../../runners/contract.ts'
import { type Work } from './shared-jobs.ts'

interface FetchMeans {
  /** Asks its server to fetch what is no address. */
  readonly model: LanguageModel
  readonly runners?: RunnerService | undefined
}

/**
 * How something that is not here yet is fetched: to this disk, if it is the address of a file; otherwise by the language
 * model's server. Undefined where nobody can.
 */
export function fetcherOf({ model, runners }: FetchMeans, name: string): Work<PullProgress> | undefined {
  const source = sourceOf(name)
  if (source !== undefined && runners) {
    return (onProgress, signal) => download(runners, { source, onProgress, signal })
  }
  return model.pullModel && ((onProgress, signal) => pullFrom(model, { name, onProgress, signal }))
}

/** `hf.co/owner/repository/file.gguf` and addresses, as the runners take them; undefined for other names. */
export function sourceOf(name: string): string | undefined {
  if (/^(?:https?:\/\/|hf:)\S+$/i.test(name)) return name
  const [, path] = /^(?:hf\.co|huggingface\.co)\/([^/\s]+\/[^/\s]+\/\S+\.gguf)$/i.exec(name) ?? []
  return path === undefined ? undefined : `hf:${path}`
}

interface PullOptions {
  readonly name: string
  readonly onProgress: (progress: PullProgress) => void
  readonly signal: AbortSignal
}

async function pullFrom(model: LanguageModel, { name, onProgress, signal }: PullOptions): Promise<void> {
  await model.pullModel?.(name, onProgress, signal)
}

interface DownloadOptions {
  readonly source: string
  readonly onProgress: (progress: PullProgress) => void
  readonly signal: AbortSignal
}

/** Resolves when the file is there. One that runs already is waited for, and left alone when the wait is broken off. */
async function download(
  runners: RunnerService,
  { source, onProgress, signal }: DownloadOptions,
): Promise<void> {
  const { downloads } = runners
  const running = downloads.list().find((known) => known.source === source && known.state === 'running')
  const own = running ?? downloads.start(source)
  const ended = deferred()
  const onChange = (now: Download): void => {
    if (now.id !== own.id) return
    if (now.state === 'done') ended.resolve()
    else if (now.state === 'running') onProgress(progressOf(now))
    else ended.reject(new AppError('engine_failed', now.error ?? `The download of "${source}" was cancelled`))
  }
  const stopListening = runners.onChange((change) => {
    if (change.type === 'download') onChange(change.download)
  })
  const onAbort = (): void => {
    if (!running) downloads.cancel(own.id)
    ended.reject(abortReason(signal))
  }
  signal.addEventListener('abort', onAbort, { once: true })
  onChange(own)
  await ended.promise.finally(() => {
    signal.removeEventListener('abort', onAbort)
    stopListening()
  })
}

function progressOf({ source, done_bytes: completedBytes, total_bytes }: Download): PullProgress {
  const file = source.slice(source.lastIndexOf('/') + 1)
  return {
    status: `pulling ${file}`,
    completedBytes,
    ...(total_bytes === undefined ? {} : { totalBytes: total_bytes }),
  }
}
