import { type Clock, sleep } from '../../lib/clock.ts'
import { deferred, type Deferred } from '../../lib/deferred.ts'

/** Nobody sees more than so many steps in a second. */
const BREATH_MS = 50

/** The latest of each kind: whoever reads slowly misses steps, but never how things stand. */
export class Latest<Item extends object> {
  readonly #clock: Clock
  readonly #items = new Map<string, Item>()
  #wake: Deferred<void> | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @param kind what of it replaces an earlier one that nobody has read yet. */
  put(kind: string, item: Item): void {
    // At the end: in the order in which they are true.
    this.#items.delete(kind)
    this.#items.set(kind, item)
    this.#wake?.resolve()
  }

  /** For one reader, until the signal aborts. */
  async *read(signal: AbortSignal): AsyncGenerator<Item, void> {
    const onAbort = (): void => this.#wake?.resolve()
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      while (!signal.aborted) {
        if (this.#items.size === 0) {
          this.#wake = deferred()
          await this.#wake.promise
          continue
        }
        const items = [...this.#items.values()]
        this.#items.clear()
        yield* items
        await sleep(this.#clock, BREATH_MS, signal).catch(() => {})
      }
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }
}
