/** What a line that was entered leads to. */
export type Entered =
  /** More lines belong to it. */
  { readonly isOpen: true } | { readonly isOpen: false; readonly text: string }

const QUOTES = '"""'

/**
 * Puts a message together from lines: between `"""` and `"""`, with `\` at the end of each line but the last, or with
 * lines that are said to go on.
 */
export class LineInput {
  readonly #lines: string[] = []
  #isQuoted = false

  get isOpen(): boolean {
    return this.#isQuoted || this.#lines.length > 0
  }

  /** @param goesOn whether the next line belongs to the same message, whatever stands in this one. */
  add(line: string, goesOn = false): Entered {
    if (this.#isQuoted) return this.#addQuoted(line)
    if (this.#lines.length === 0 && line.trimStart().startsWith(QUOTES) && !goesOn) {
      this.#isQuoted = true
      return this.#addQuoted(line.trimStart().slice(QUOTES.length))
    }
    if (goesOn) return this.#hold(line)
    if (line.endsWith('\\')) return this.#hold(line.slice(0, -1))
    return this.#done(line)
  }

  clear(): void {
    this.#lines.length = 0
    this.#isQuoted = false
  }

  #addQuoted(line: string): Entered {
    const text = line.trimEnd()
    if (!text.endsWith(QUOTES)) return this.#hold(line)
    this.#isQuoted = false
    return this.#done(text.slice(0, -QUOTES.length))
  }

  #hold(line: string): Entered {
    this.#lines.push(line)
    return { isOpen: true }
  }

  #done(line: string): Entered {
    const text = [...this.#lines, line].join('\n')
    this.#lines.length = 0
    return { isOpen: false, text: text.trim() }
  }
}
