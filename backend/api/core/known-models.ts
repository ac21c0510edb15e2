import { type LanguageModel, type ModelProfile } from '../../engines/contracts.ts'
import { type AppError, toAppError } from '../../errors.ts'
import { abortable } from '../../lib/abort.ts'
import { type Clock, sleep } from '../../lib/clock.ts'
import { Kept } from '../../lib/kept.ts'

const FRESH_MS = 3_000
/** Who has an old list waits no longer than this for a new one. */
const PATIENCE_MS = 1_500
const ASK_TIMEOUT_MS = 15_000

export interface KnownModelsDeps {
  readonly model: Pick<LanguageModel, 'profile' | 'listModels'>
  readonly clock: Clock
}

/** What the model servers have, as they told last: a list from a while ago is better than none. */
export class KnownModels {
  readonly #deps: KnownModelsDeps
  #listed: readonly ModelProfile[] | undefined
  #askedAtMs = -Infinity
  #asking: Promise<void> | undefined
  #failure: AppError | undefined
  readonly #withStandard = new Kept<readonly ModelProfile[]>()

  constructor(deps: KnownModelsDeps) {
    this.#deps = deps
  }

  /** Why the servers could not be asked the last time; undefined if they could. */
  get failure(): AppError | undefined {
    return this.#failure
  }

  /** The model that answers where none is named; undefined as long as nobody knows. */
  get standardId(): string | undefined {
    return this.#deps.model.profile().id || undefined
  }

  /** What is known now; asks on in the background. The standard model is one of them, listed or not. */
  current(): readonly ModelProfile[] {
    if (!this.#isFresh) this.#ask().catch(() => {})
    const { model } = this.#deps
    const { standardId: id, listed } = { standardId: this.standardId, listed: this.#listed ?? [] }
    const isListed =
      id === undefined || listed.some((known) => known.id === id || known.id === `${id}:latest`)
    return isListed
      ? listed
      : this.#withStandard.of([listed, id, this.#askedAtMs], () => [model.profile(id), ...listed])
  }

  /** What the servers say now, if they say it soon. @throws the signal's reason. */
  async fresh(signal: AbortSignal): Promise<readonly ModelProfile[]> {
    if (!this.#isFresh) {
      const { clock } = this.#deps
      const patience = new AbortController()
      const answer = this.#ask()
      const late = this.#listed ? [sleep(clock, PATIENCE_MS, patience.signal).catch(() => {})] : []
      await abortable(Promise.race([answer, ...late]), signal).finally(() => patience.abort())
    }
    return this.current()
  }

  get #isFresh(): boolean {
    return this.#deps.clock.nowMs() - this.#askedAtMs < FRESH_MS
  }

  /** Never fails: that the servers are away is told by `failure`. */
  #ask(): Promise<void> {
    this.#asking ??= this.#list().finally(() => {
      this.#askedAtMs = this.#deps.clock.nowMs()
      this.#asking = undefined
    })
    return this.#asking
  }

  async #list(): Promise<void> {
    try {
      this.#listed = await this.#deps.model.listModels(AbortSignal.timeout(ASK_TIMEOUT_MS))
      this.#failure = undefined
    } catch (error) {
      this.#failure = toAppError(error)
    }
  }
}
