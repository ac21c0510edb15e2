import { type RunnerLease } from './contract.ts'
import { type Instance } from './instance.ts'

export interface LeaseOptions {
  readonly instance: Instance
  readonly waitedMs: number
  readonly onGenerated: (tokens: number, durationMs: number) => void
  readonly onFailed: () => void
  /** Called once. */
  readonly onEnd: (wasCancelled: boolean) => void
}

/** The right to one request. */
export class Lease implements RunnerLease {
  readonly baseUrl: string
  readonly fetch: typeof fetch
  readonly apiKey: string | undefined
  readonly model: string
  readonly waitedMs: number
  readonly #options: LeaseOptions
  #wasCancelled = false
  #hasEnded = false

  constructor(options: LeaseOptions) {
    const { baseUrl, apiKey, model, fetch: reach } = options.instance.access
    this.baseUrl = baseUrl
    this.fetch = reach
    this.apiKey = apiKey
    this.model = model
    this.waitedMs = options.waitedMs
    this.#options = options
  }

  generated(tokens: number, durationMs: number): void {
    this.#options.onGenerated(tokens, durationMs)
  }

  failed(): void {
    this.#options.onFailed()
  }

  cancelled(): void {
    this.#wasCancelled = true
  }

  [Symbol.dispose](): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#options.onEnd(this.#wasCancelled)
  }
}
