import { type Clock } from '../../lib/clock.ts'

/** One call's signal: aborts with the caller's, when nothing came in time, or when it is stopped. */
export class Watchdog implements Disposable {
  readonly #controller = new AbortController()
  readonly #clock: Clock
  readonly #caller: AbortSignal
  readonly #onAbort = (): void => this.stop()
  #cancelTimer: (() => void) | undefined
  #expiredAfterMs: number | undefined

  constructor(clock: Clock, caller: AbortSignal) {
    this.#clock = clock
    this.#caller = caller
    if (caller.aborted) this.stop()
    caller.addEventListener('abort', this.#onAbort, { once: true })
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** How long it had waited when it lost patience; undefined if it did not. */
  get expiredAfterMs(): number | undefined {
    return this.#expiredAfterMs
  }

  /** Starts (again) to wait: aborts unless `rest` or another `expect` comes within `timeoutMs`. */
  expect(timeoutMs: number): void {
    this.rest()
    this.#cancelTimer = this.#clock.after(timeoutMs, () => {
      this.#expiredAfterMs = timeoutMs
      this.stop()
    })
  }

  /** Waits for nobody, e.g. while the consumer is at work. */
  rest(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }

  stop(): void {
    this.rest()
    this.#controller.abort()
  }

  [Symbol.dispose](): void {
    this.rest()
    this.#caller.removeEventListener('abort', this.#onAbort)
  }
}
