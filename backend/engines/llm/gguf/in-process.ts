import { basename } from 'node:path'
import { AppError } from '../../../errors.ts'
import { type Clock } from '../../../lib/clock.ts'
import { GgufDoor } from './gguf-door.ts'
import { GgufHost } from './gguf-host.ts'
import { loadModel } from './load-model.ts'
import { type LoadOptions } from './load-options.ts'

/** What is set of a model. */
export type GgufSettings = Omit<LoadOptions, 'onLog' | 'onProgress'>

/**
 * A model inside of this process: no child, no socket. Its computing has threads of its own; what it cannot survive,
 * this process does not survive either.
 */
export class InProcessModel implements AsyncDisposable {
  readonly #door: GgufDoor
  readonly #loading: Promise<void>
  readonly #closing = new AbortController()
  #host: GgufHost | undefined
  #problem: string | undefined

  constructor(settings: GgufSettings, clock: Clock) {
    this.#door = new GgufDoor({ host: () => this.#host, alias: basename(settings.path), clock })
    this.#loading = this.#load(settings)
    this.#loading.catch(() => {}) // Told to who asks.
  }

  /** Why it cannot be used, if it cannot. */
  get problem(): string | undefined {
    return this.#problem
  }

  get busySlots(): number {
    return this.#host?.slots().filter((slot) => slot.is_processing).length ?? 0
  }

  /** Resolves when it can be asked. @throws AppError `engine_unavailable` with the reason. */
  ready(): Promise<void> {
    return this.#loading
  }

  /** To be called when it is ready. The host in the address does not matter. */
  readonly fetch = (input: string | URL | Request, init?: RequestInit): Promise<Response> =>
    this.#door.answer(new Request(input, init))

  async [Symbol.asyncDispose](): Promise<void> {
    this.#problem ??= 'It is shut down'
    this.#closing.abort(new AppError('engine_unavailable', 'The model is being unloaded'))
    await this.#loading.catch(() => {})
    await this.#host?.[Symbol.asyncDispose]()
    this.#host = undefined
  }

  async #load(settings: GgufSettings): Promise<void> {
    try {
      const quiet = { onLog: () => {}, onProgress: () => {} }
      this.#host = new GgufHost(await loadModel({ ...settings, ...quiet }, this.#closing.signal))
    } catch (error) {
      this.#problem ??= error instanceof Error ? error.message : String(error)
      throw error
    }
  }
}
