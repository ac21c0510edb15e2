import { type Clock } from '../../lib/clock.ts'
import { deferred } from '../../lib/deferred.ts'
import { abortReason } from '../../lib/abort.ts'
import { type DiscoveredModel, type Discovery } from './discovered.ts'
import { discover } from './discovery.ts'
import { LlmError, toLlmError } from './llm-error.ts'
import { type ModelInfo } from './model-info.ts'
import { type ModelServer } from './model-server.ts'
import { Watchdog } from './watchdog.ts'

/** What is known is asked for again after this time: models come and go. */
const FRESH_MS = 300_000
/** A server that could not be asked is not asked again before. */
const RETRY_MS = 15_000
const ASK_TIMEOUT_MS = 10_000

/** What one server has told of its models. It is asked in the background; nobody who wants to know waits for it. */
export class ServerModels implements Disposable {
  readonly #server: ModelServer
  readonly #clock: Clock
  readonly #closing = new AbortController()
  #known: Discovery | undefined
  #listed: readonly DiscoveredModel[] = []
  #listing = deferred<readonly DiscoveredModel[]>()
  #isDueAtMs = 0
  #asking: Promise<Discovery> | undefined

  constructor(server: ModelServer, clock: Clock) {
    this.#server = server
    this.#clock = clock
  }

  /** What the server told last; undefined if it has not told anything yet. */
  get known(): Discovery | undefined {
    return this.#known
  }

  /** The models it has, with or without what else is known of them. */
  get models(): readonly DiscoveredModel[] {
    return this.#known?.models ?? this.#listed
  }

  info(model: string): ModelInfo | undefined {
    const { models } = this
    return models.find(({ id }) => id === model) ?? models.find(({ id }) => id === `${model}:latest`)
  }

  /** Asks, unless it has been asked a short while ago. Failing is no matter: it is asked again. */
  refresh(): void {
    if (this.#clock.nowMs() >= this.#isDueAtMs) this.ask().catch(() => {})
  }

  /** The next `refresh` asks. */
  expire(): void {
    this.#isDueAtMs = 0
  }

  /** Asks now; all who ask meanwhile get the same answer. @throws LlmError if the server cannot be asked. */
  ask(): Promise<Discovery> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }

  /** The models it has, without waiting until more is known of them. @throws LlmError as `ask` does. */
  list(): Promise<readonly DiscoveredModel[]> {
    return Promise.race([this.#listing.promise, this.ask().then(({ models }) => models)])
  }

  [Symbol.dispose](): void {
    this.#closing.abort()
  }

  async #ask(): Promise<Discovery> {
    using call = new Watchdog(this.#clock, this.#closing.signal)
    call.expect(ASK_TIMEOUT_MS)
    this.#isDueAtMs = this.#clock.nowMs() + RETRY_MS
    try {
      const told = await discover(this.#server, call.signal, (models) => {
        this.#listed = models
        this.#listing.resolve(models)
        this.#listing = deferred()
      })
      if (call.signal.aborted) throw abortReason(call.signal)
      this.#known = told
      this.#isDueAtMs = this.#clock.nowMs() + FRESH_MS
      return told
    } catch (error) {
      throw toLlmError(this.#server.label, error, this.#clock.date())
    }
  }
}

/** The model that answers where none is named. @throws LlmError `engine_unavailable` if there is none. */
export function firstModel(models: readonly DiscoveredModel[], label: string): string {
  const [first] = models
  if (first) return first.id
  const message = `The ${label} lists no model: load one, or name one`
  throw new LlmError({ kind: 'config', code: 'engine_unavailable', message })
}
