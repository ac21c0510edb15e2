import { basename } from 'node:path'
import { AppError } from '../../../errors.ts'
import { type Clock } from '../../../lib/clock.ts'
import { GgufDoor } from './gguf-door.ts'
import { GgufHost } from './gguf-host.ts'
import { type GgufLink, type GgufSettings } from './gguf-link.ts'
import { loadModel } from './load-model.ts'

/**
 * A model inside of this process: no child, no socket. Its computing has threads of its own; what it cannot survive,
 * this process does not survive either.
 */
export class InProcessModel implements GgufLink {
  readonly place = 'in this process'
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

  get problem(): string | undefined {
    return this.#problem
  }

  ready(): Promise<void> {
    return this.#loading
  }

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
