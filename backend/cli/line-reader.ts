import { createInterface, type Interface, type Key } from 'node:readline'
import { Writable } from 'node:stream'
import { LineInput } from './line-input.ts'
import { type Input, type Output } from './terminal.ts'

export type Reading =
  | { readonly type: 'text'; readonly text: string }
  /** Ctrl-C with nothing entered. */
  | { readonly type: 'interrupt' }
  /** Ctrl-D, or the terminal is gone. */
  | { readonly type: 'end' }

export interface LineReaderOptions {
  readonly input: Input
  readonly output: Output
  readonly prompt: string
  /** What may stand in place of the last word. */
  readonly complete: (word: string, line: string) => readonly string[]
  /** Ctrl-C while nothing is read. */
  readonly onInterrupt: () => void
}

const CONTINUED = '… '
const HISTORY_LINES = 500
const BRACKETED_PASTE_ON = '\u001B[?2004h'
const BRACKETED_PASTE_OFF = '\u001B[?2004l'

/**
 * Reads messages from a terminal. What is typed while nobody reads is not shown, but kept: it stands in the next
 * prompt, and lines that were finished are read first.
 */
export class LineReader implements Disposable {
  readonly #options: LineReaderOptions
  readonly #lines: Interface
  readonly #screen: Screen
  readonly #input = new LineInput()
  readonly #finished: string[] = []
  #waiting: ((reading: Reading) => void) | undefined
  #isClosed = false
  /** Lines belong together: they are being pasted, or Alt+Enter was pressed. */
  #goesOn = false
  #isPasting = false

  constructor(options: LineReaderOptions) {
    const { input, output, complete } = options
    this.#options = options
    this.#screen = new Screen(output)
    this.#lines = createInterface({
      input,
      output: this.#screen,
      terminal: true,
      historySize: HISTORY_LINES,
      removeHistoryDuplicates: true,
      completer: (line: string): [string[], string] => {
        const word = /\S*$/.exec(line)?.[0] ?? ''
        return [[...complete(word, line)], word]
      },
    })
    output.write(BRACKETED_PASTE_ON)
    process.once('exit', this.#leaveTerminal)
    input.on('keypress', this.#onKey)
    this.#lines.on('line', (line) => this.#onLine(line))
    this.#lines.on('SIGINT', () => this.#onInterrupt())
    this.#lines.on('close', () => this.#close())
  }

  /** Shows the prompt and resolves with what is entered. One at a time. */
  read(): Promise<Reading> {
    const finished = this.#finished.shift()
    if (finished !== undefined) return Promise.resolve({ type: 'text', text: finished })
    if (this.#isClosed) return Promise.resolve({ type: 'end' })
    return new Promise((resolve) => {
      this.#waiting = (reading) => {
        this.#waiting = undefined
        this.#screen.isMuted = true
        resolve(reading)
      }
      this.#prompt()
    })
  }

  /** Takes the prompt off the screen while something is printed. @returns a function that puts it back. */
  suspend(): () => void {
    if (!this.#waiting || this.#screen.isMuted) return () => {}
    this.#screen.write('\r\u001B[J')
    this.#screen.isMuted = true
    return () => {
      if (this.#waiting) this.#prompt()
    }
  }

  [Symbol.dispose](): void {
    this.#options.input.off('keypress', this.#onKey)
    this.#lines.close()
  }

  #prompt(): void {
    this.#screen.isMuted = false
    this.#lines.setPrompt(this.#input.isOpen ? CONTINUED : this.#options.prompt)
    // Readline clears as many rows as it thinks it has drawn; what is above belongs to somebody else by now.
    Reflect.set(this.#lines, 'prevRows', 0)
    this.#lines.prompt(true)
  }

  #onLine(line: string): void {
    const entered = this.#input.add(line, this.#goesOn || this.#isPasting)
    this.#goesOn = false
    if (entered.isOpen) {
      if (this.#waiting) this.#prompt()
      return
    }
    if (this.#waiting) this.#waiting({ type: 'text', text: entered.text })
    else this.#finished.push(entered.text)
  }

  #onInterrupt(): void {
    if (!this.#waiting) {
      this.#finished.length = 0
      this.#options.onInterrupt()
      return
    }
    const isEmpty = this.#lines.line === '' && !this.#input.isOpen
    this.#input.clear()
    // What was typed stays on the screen, as in a shell.
    this.#screen.isMuted = true
    this.#lines.write(null, { ctrl: true, name: 'e' })
    this.#lines.write(null, { ctrl: true, name: 'u' })
    this.#screen.isMuted = false
    this.#screen.write('^C\n')
    if (isEmpty) this.#waiting({ type: 'interrupt' })
    else this.#prompt()
  }

  readonly #onKey = (_text: string | undefined, key: Key | undefined): void => {
    if (key?.name === 'paste-start') this.#isPasting = true
    if (key?.name === 'paste-end') this.#isPasting = false
    if (key?.meta === true && (key.name === 'return' || key.name === 'enter')) {
      this.#goesOn = true
      this.#lines.write(null, { name: 'return' })
    }
  }

  /** Whatever ends us: the terminal is left as it was. */
  readonly #leaveTerminal = (): void => {
    process.off('exit', this.#leaveTerminal)
    this.#options.output.write(BRACKETED_PASTE_OFF)
  }

  #close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#leaveTerminal()
    this.#waiting?.({ type: 'end' })
  }
}

/** The terminal as readline sees it: what it draws while nobody is asked for input goes nowhere. */
class Screen extends Writable {
  isMuted = true
  readonly #output: Output

  constructor(output: Output) {
    super({ decodeStrings: false })
    this.#output = output
    output.on('resize', () => this.emit('resize'))
  }

  get columns(): number {
    return this.#output.columns ?? 80
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (!this.isMuted) this.#output.write(chunk)
    done()
  }
}
