/** Runs tasks one after another, in the order given; a failing task does not stop the next. */
export class SerialLane {
  #last: Promise<unknown> = Promise.resolve()

  run<Result>(task: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(task, task)
    this.#last = result.catch(() => {})
    return result
  }

  /** Resolves when everything given so far has run. */
  async idle(): Promise<void> {
    await this.#last
  }
}
