const LONGEST_LINE = 4_096

/** Cuts what a process writes into lines; a line without an end is cut, too. */
export class LineSplitter {
  readonly #onLine: (line: string) => void
  #pending = ''

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
  }

  push(text: string): void {
    // Progress bars write over themselves.
    const lines = (this.#pending + text).split(/\r\n|\n|\r/u)
    this.#pending = lines.pop() ?? ''
    for (const line of lines) this.#onLine(line)
    while (this.#pending.length > LONGEST_LINE) {
      this.#onLine(this.#pending.slice(0, LONGEST_LINE))
      this.#pending = this.#pending.slice(LONGEST_LINE)
    }
  }

  end(): void {
    if (this.#pending !== '') this.#onLine(this.#pending)
    this.#pending = ''
  }
}
