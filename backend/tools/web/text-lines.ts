/** Collects text as a page shows it: white space is one space, and blocks begin on lines of their own. */
export class TextLines {
  readonly #pieces: string[] = []
  /** Line breaks that come before the next text, if any comes. */
  #breaks = 0
  #needsSpace = false
  #isAtLineStart = true
  /** Stands before the next text, if any comes. */
  #mark = ''

  add(text: string, isVerbatim = false): void {
    if (isVerbatim) this.#addVerbatim(text)
    else this.#addFlowing(text)
  }

  line(): void {
    if (this.#mark === '') this.#breaks = Math.max(this.#breaks, 1)
  }

  paragraph(): void {
    if (this.#mark === '') this.#breaks = 2
  }

  /** Begins an item or a heading, whose first line nothing may break off; '' ends it, so that an empty one leaves no mark. */
  mark(mark: string): void {
    this.#mark = mark
  }

  /** Sets the next text off from the one before it in the same row. */
  cell(): void {
    if (this.#breaks === 0 && !this.#isAtLineStart) this.#addVerbatim(' | ')
  }

  text(): string {
    return this.#pieces.join('').trim()
  }

  #addFlowing(text: string): void {
    const words = text.replaceAll(/\s+/g, ' ')
    const trimmed = words.trim()
    if (trimmed === '') {
      this.#needsSpace ||= words !== ''
      return
    }
    const needsSpace = this.#needsSpace || words.startsWith(' ')
    this.#breakLines()
    if (needsSpace && !this.#isAtLineStart) this.#pieces.push(' ')
    this.#pieces.push(trimmed)
    this.#isAtLineStart = false
    this.#needsSpace = words.endsWith(' ')
  }

  #addVerbatim(text: string): void {
    if (text === '') return
    this.#breakLines()
    this.#pieces.push(text)
    this.#needsSpace = false
    this.#isAtLineStart = /\s$/.test(text)
  }

  #breakLines(): void {
    if (this.#breaks > 0) {
      if (this.#pieces.length > 0) this.#pieces.push('\n'.repeat(this.#breaks))
      this.#breaks = 0
      this.#needsSpace = false
      this.#isAtLineStart = true
    }
    if (this.#mark === '') return
    this.#pieces.push(this.#mark)
    this.#mark = ''
    this.#isAtLineStart = true
  }
}
