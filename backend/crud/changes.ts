import { type CrudAnswer } from '#shared/protocol/events.ts'

/**
 * Hears of a change.
 * @param origin who made it (whatever was handed to `publish`), so that it need not be told again.
 */
export type ChangeListener = (change: CrudAnswer, origin: unknown) => void

/** Tells every listener of every change, in the order of the changes, in the tick of the change. */
export class ChangeFeed {
  readonly #listeners = new Set<ChangeListener>()
  readonly #onFailure: (error: unknown) => void

  /** @param onFailure hears what a listener throws; the other listeners are told all the same. */
  constructor(onFailure: (error: unknown) => void) {
    this.#onFailure = onFailure
  }

  /** @returns a function that ends the subscription. */
  subscribe(listener: ChangeListener): () => void {
    const own: ChangeListener = (change, origin) => listener(change, origin)
    this.#listeners.add(own)
    return () => {
      this.#listeners.delete(own)
    }
  }

  /** A field on purpose: it is handed around as a function. */
  readonly publish: ChangeListener = (change, origin) => {
    for (const listener of this.#listeners) {
      try {
        listener(change, origin)
      } catch (error) {
        this.#onFailure(error)
      }
    }
  }
}
