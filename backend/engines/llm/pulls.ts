import { type PullProgress } from '../contracts.ts'
import { type ModelServer } from './model-server.ts'
import { pullFromOllama } from './pull-model.ts'

/** Models that are being fetched because a reply or the settings asked for them, each once. */
export class Pulls implements Disposable {
  readonly #server: ModelServer
  readonly #closing = new AbortController()
  readonly #running = new Map<string, PullProgress>()

  constructor(server: ModelServer) {
    this.#server = server
  }

  /** Fetches a model in the background. @param onDone called whether it worked or not. */
  start(name: string, onDone: () => void): void {
    if (this.#running.has(name) || this.#closing.signal.aborted) return
    this.#running.set(name, { status: 'starting' })
    const onProgress = (progress: PullProgress): void => {
      this.#running.set(name, progress)
    }
    pullFromOllama(this.#server, { name, onProgress, signal: this.#closing.signal })
      // The next reply asks for the model again, and is told what is wrong.
      .catch(() => {})
      .finally(() => {
        this.#running.delete(name)
        onDone()
      })
  }

  /** For people: how far it is, e.g. `fetching llama3.2 (12 %)`; undefined if it is not being fetched. */
  state(name: string): string | undefined {
    const progress = this.#running.get(name)
    if (!progress) return undefined
    const { completedBytes, totalBytes, status } = progress
    const share = totalBytes ? `${Math.floor((100 * (completedBytes ?? 0)) / totalBytes)} %` : status
    return `fetching ${name} (${share})`
  }

  [Symbol.dispose](): void {
    this.#closing.abort()
  }
}
