import { type Download, type RunnerInfo, type RunnerOverview, type RunnerState } from '#shared/entities.ts'
import { type Downloads, type RunnerChange, type RunnerService } from '../../backend/runners/contract.ts'

/** One runner that starts at once, and downloads that go as the test says. */
export class FakeRunners implements RunnerService {
  readonly #id: string
  readonly #listeners = new Set<(change: RunnerChange) => void>()
  #downloads: Download[] = []
  state: RunnerState = 'stopped'
  /** What it was last asked to be kept for. */
  keptMs: number | undefined
  /** Downloads that were broken off. */
  readonly cancelled: string[] = []

  constructor(id: string) {
    this.#id = id
  }

  readonly downloads: Downloads = {
    list: () => this.#downloads,
    start: (source) => {
      const id = `download-${this.#downloads.length + 1}`
      const download: Download = { id, source, path: '/models/x.gguf', state: 'running', done_bytes: 0 }
      this.#downloads.push(download)
      return download
    },
    cancel: (id) => {
      this.cancelled.push(id)
    },
  }

  /** What becomes of the first download. */
  download(change: Partial<Download>): void {
    const [first, ...others] = this.#downloads
    if (!first) throw new Error('Nothing is being downloaded')
    const download = { ...first, ...change }
    this.#downloads = [download, ...others]
    this.#tell({ type: 'download', download })
  }

  overview(): RunnerOverview {
    return { runners: [this.#info()], memory_used_bytes: 0, disk_used_bytes: 0 }
  }

  find(name: string): RunnerInfo | undefined {
    return name === this.#id ? this.#info() : undefined
  }

  start(): Promise<void> {
    this.state = 'starting'
    this.#tell({ type: 'runner', runner: { ...this.#info(), progress: 0.5 } })
    this.state = 'ready'
    return Promise.resolve()
  }

  stop(): Promise<void> {
    this.state = 'stopped'
    return Promise.resolve()
  }

  keepAlive(_id: string, ms: number): void {
    this.keptMs = ms
  }

  onChange(listener: (change: RunnerChange) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  lease(): never {
    throw new Error('The fake runner answers nobody')
  }

  pin(): Promise<void> {
    return Promise.resolve()
  }

  logs(): never {
    throw new Error('The fake runner has no logs')
  }

  files(): Promise<readonly []> {
    return Promise.resolve([])
  }

  deleteFile(): never {
    throw new Error('The fake runner has no files')
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve()
  }

  #tell(change: RunnerChange): void {
    for (const listener of this.#listeners) listener(change)
  }

  #info(): RunnerInfo {
    return {
      id: this.#id,
      kind: 'llama',
      offers: ['chat'],
      aliases: [],
      state: this.state,
      is_pinned: false,
      active: 0,
      queued: 0,
      max_parallel: 1,
      restarts: 0,
    }
  }
}
