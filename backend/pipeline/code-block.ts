/** Longer than any fence; what is kept of each line to recognise it. */
const FENCE_LINE_CHARS = 100

/** A fenced block of code that is still coming; it is given out whole, however long it is. */
export class CodeBlock {
  readonly #fence: string
  readonly #closing: RegExp
  #line = ''
  #lineIndex = 0

  /** @param fence the three or more backticks or tildes it begins with. */
  constructor(fence: string) {
    this.#fence = fence
    this.#closing = new RegExp(`^\\s*${fence.charAt(0)}{${this.#fence.length},}\\s*$`)
  }

  /**
   * Takes the next text of the block, its opening line included.
   * @returns where the block ends in this text, or -1 if it goes on.
   */
  take(text: string): number {
    let from = 0
    while (from <= text.length) {
      const lineEnd = text.indexOf('\n', from)
      if (this.#line.length < FENCE_LINE_CHARS)
        this.#line += text.slice(from, lineEnd === -1 ? undefined : lineEnd)
      if (lineEnd === -1) return -1
      if (this.#lineIndex > 0 && this.#closing.test(this.#line)) return lineEnd
      this.#line = ''
      this.#lineIndex += 1
      from = lineEnd + 1
    }
    return -1
  }
}
