/**
 * Asks one question at a time. Of those that come while one is on its way, only the last is asked: whoever types
 * fast is not answered letter by letter, and an old answer never replaces a newer one.
 */
export class Latest<Question, Answer> {
  readonly #ask: (question: Question) => Promise<Answer>
  readonly #take: (answer: Answer, question: Question) => void
  #waiting: { readonly question: Question } | null = null
  #isBusy = false

  constructor(
    ask: (question: Question) => Promise<Answer>,
    take: (answer: Answer, question: Question) => void,
  ) {
    this.#ask = ask
    this.#take = take
  }

  get isBusy(): boolean {
    return this.#isBusy
  }

  /** Resolves when no question is left; a question that fails is dropped. */
  async put(question: Question): Promise<void> {
    this.#waiting = { question }
    if (this.#isBusy) return
    this.#isBusy = true
    while (this.#waiting !== null) {
      const { question: next } = this.#waiting
      this.#waiting = null
      const answer = await this.#ask(next).catch(() => undefined)
      // A newer question makes this answer an old one; it is shown all the same, until the newer is answered.
      if (answer !== undefined) this.#take(answer, next)
    }
    this.#isBusy = false
  }
}
