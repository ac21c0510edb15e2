/** Those who want to be told. One that throws does not keep the others from hearing. */
export class Listeners<Value> {
  readonly #listeners = new Set<(value: Value) => void>()

  /** @returns a function that stops listening. */
  add(listener: (value: Value) => void): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  tell(value: Value): void {
    for (const listener of this.#listeners) {
      try {
        listener(value)
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }
}
