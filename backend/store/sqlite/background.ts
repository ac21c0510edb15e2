/** Work that nobody waits for, and that ends before the database is closed. */
export class Background implements AsyncDisposable {
  readonly #leaving = new AbortController()
  readonly #running = new Set<Promise<void>>()

  /** @param work whose failure is no matter: somebody else does it later. */
  run(work: (signal: AbortSignal) => Promise<void>): void {
    const running = work(this.#leaving.signal)
      .catch(() => {})
      .finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#leaving.abort()
    await Promise.all(this.#running)
  }
}
