import {
  type Download,
  type ModelFileInfo,
  type RunnerInfo,
  type RunnerLogLine,
  type RunnerOverview,
} from '#shared/entities.ts'

/** Local model processes, as the rest of the house sees them. */
export interface RunnerService extends AsyncDisposable {
  /** Cheap: what is known right now. */
  overview(): RunnerOverview
  /** By id or alias, upper and lower case alike. */
  find(name: string): RunnerInfo | undefined
  /**
   * Holds a runner for one request: starts it if it does not run, makes room for it, waits its turn.
   * @param onProgress told while it starts, 0 … 1.
   * @throws AppError `not_found`; `engine_unavailable` if it cannot be started (with the last lines of its log);
   *   `engine_rate_limited` if too many wait already; the signal's reason.
   */
  lease(id: string, signal: AbortSignal, onProgress?: (progress: number) => void): Promise<RunnerLease>
  /** Resolves when it is ready. @throws as `lease` does. */
  start(id: string, signal: AbortSignal): Promise<void>
  /** Resolves when its process is gone. Requests that run are let finish for as long as its settings say. */
  stop(id: string): Promise<void>
  /** A pinned runner is neither stopped for being idle nor to make room. */
  pin(id: string, isPinned: boolean): Promise<void>
  /** How long it stays after its last use, from now on. Infinity: for ever; 0: no longer than that use. */
  keepAlive(id: string, ms: number): void
  /** What it wrote lately, oldest first, and from then on, until the signal aborts. */
  logs(id: string, signal: AbortSignal): AsyncIterable<RunnerLogLine>
  /** Models on the disk. */
  files(signal: AbortSignal): Promise<readonly ModelFileInfo[]>
  /**
   * Deletes a model that `files` lists, all parts of it; a projector beside it stays.
   * @throws AppError `not_found`; `invalid` if it does not lie in Troupe's own folder; `conflict` if something uses it.
   */
  deleteFile(path: string, signal: AbortSignal): Promise<void>
  readonly downloads: Downloads
  /** @returns how to stop listening. */
  onChange(listener: (change: RunnerChange) => void): () => void
}

export type RunnerChange =
  | { readonly type: 'runner'; readonly runner: RunnerInfo }
  | { readonly type: 'runner_gone'; readonly id: string }
  | { readonly type: 'download'; readonly download: Download }

/** Released when its request has ended, in whatever way. */
export interface RunnerLease extends Disposable {
  /** OpenAI-compatible, with `/v1`. */
  readonly baseUrl: string
  /** Reaches it there. (It may listen on a socket file.) */
  readonly fetch: typeof fetch
  readonly apiKey: string | undefined
  /** As its server calls the model. */
  readonly model: string
  /** How long this request waited for it to be ready. */
  readonly waitedMs: number
  /** How fast it was, for those who look at it. */
  generated(tokens: number, durationMs: number): void
  /** It could not be answered, for no fault of the request. A runner that only fails is restarted. */
  failed(): void
  /** To be called when a request was broken off: makes sure that the runner has let go of it, or restarts it. */
  cancelled(): void
}

export interface Downloads {
  list(): readonly Download[]
  /** @param source an http(s) address of a GGUF file, or `hf:owner/repository/file.gguf`. @throws AppError `invalid` */
  start(source: string): Download
  cancel(id: string): void
}
