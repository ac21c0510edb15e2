import { type Clock } from '../../lib/clock.ts'
import { type LlmError } from './llm-error.ts'

const FAILURES_UNTIL_COOLED = 3
/** These say that the next request will fail as well. */
const COOLED_AT_ONCE: ReadonlySet<number> = new Set([401, 402, 403, 404, 408, 429])
/** However long a server asks to be left alone, it is tried again by then. */
const MAX_COOLDOWN_MS = 600_000

/** Which models are left out for a while because they failed. Whoever has no other model need not ask. */
export class Cooldowns {
  readonly #clock: Clock
  readonly #durationMs: number
  readonly #models = new Map<string, { failures: number; untilMs: number; reason: string }>()

  constructor(clock: Clock, durationMs: number) {
    this.#clock = clock
    this.#durationMs = durationMs
  }

  isCooled(model: string): boolean {
    return (this.#models.get(model)?.untilMs ?? 0) > this.#clock.nowMs()
  }

  /** Why it is left out, if it is. */
  reason(model: string): string | undefined {
    return this.isCooled(model) ? this.#models.get(model)?.reason : undefined
  }

  failed(model: string, error: LlmError): void {
    if (isAboutTheRequest(error)) return
    const failures = (this.#models.get(model)?.failures ?? 0) + 1
    const isOut = failures >= FAILURES_UNTIL_COOLED || isCooledAtOnce(error)
    const durationMs = Math.min(MAX_COOLDOWN_MS, Math.max(this.#durationMs, error.retryAfterMs ?? 0))
    const untilMs = isOut ? this.#clock.nowMs() + durationMs : 0
    this.#models.set(model, { failures, untilMs, reason: error.message })
  }

  succeeded(model: string): void {
    this.#models.delete(model)
  }
}

/** A model that stalls costs the listener seconds each time, so it is not given three chances. */
function isCooledAtOnce({ kind, status }: LlmError): boolean {
  return kind === 'timeout' || (status !== undefined && COOLED_AT_ONCE.has(status))
}

function isAboutTheRequest({ kind }: LlmError): boolean {
  return kind === 'context_length' || kind === 'content_filter' || kind === 'cancelled'
}
