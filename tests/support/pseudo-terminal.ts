import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { type IPty, spawn } from '@lydell/node-pty'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const TROUPE = fileURLToPath(new URL('../../bin/troupe.mjs', import.meta.url))
/** A hang is a failure; a slow machine is not. */
const WITHIN_MS = 60_000

/** What would change how the command behaves. */
const OURS = /^(?:TROUPE_|OLLAMA_|CONTEXT_|RETRY_|CHAT_LOG_DEST$|NO_COLOR$|FORCE_COLOR$|HOST$|PORT$)/

export const CTRL_C = '\u0003'
export const CTRL_D = '\u0004'
export const ENTER = '\r'
export const ALT_ENTER = '\u001B\r'

export interface PseudoTerminalOptions {
  readonly env?: Record<string, string>
  /** Where it runs; absent: this repository. */
  readonly cwd?: string
}

/** A program in a terminal of its own, with somebody in front of it. */
export class PseudoTerminal implements AsyncDisposable {
  /** Everything that appeared, escape sequences included. */
  raw = ''
  readonly exit: Promise<number>
  readonly #pty: IPty
  readonly #watching = new Set<() => void>()
  #hasEnded = false

  private constructor(program: string, args: string[], { env = {}, cwd = ROOT }: PseudoTerminalOptions) {
    const inherited = Object.entries(process.env).filter(([name]) => !OURS.test(name))
    this.#pty = spawn(program, args, {
      cols: 100,
      rows: 30,
      cwd,
      env: { ...Object.fromEntries(inherited), TERM: 'xterm-256color', ...env },
    })
    this.#pty.onData((text) => {
      this.raw += text
      for (const check of this.#watching) check()
    })
    this.exit = new Promise((resolve) => {
      this.#pty.onExit(({ exitCode }) => {
        this.#hasEnded = true
        for (const check of this.#watching) check()
        resolve(exitCode)
      })
    })
  }

  static troupe(args: readonly string[], options: PseudoTerminalOptions = {}): PseudoTerminal {
    return new PseudoTerminal(process.execPath, [TROUPE, ...args], options)
  }

  /** A line for the shell, in which `troupe` is the command. */
  static shell(line: string, options: PseudoTerminalOptions = {}): PseudoTerminal {
    const define = `troupe() { "${process.execPath}" "${TROUPE}" "$@"; }`
    return new PseudoTerminal('/bin/bash', ['-c', `${define}; ${line}`], options)
  }

  /** What can be read, without colours. */
  get text(): string {
    return stripVTControlCharacters(this.raw).replaceAll('\r', '')
  }

  type(keys: string): void {
    this.#pty.write(keys)
  }

  end(signal: string): void {
    this.#pty.kill(signal)
  }

  /** Resolves when this can be read. @throws Error with the screen if it ends before, or in a minute. */
  async shows(pattern: string | RegExp, from = 0): Promise<void> {
    const isShown = (): boolean => {
      const text = this.text.slice(from)
      return typeof pattern === 'string' ? text.includes(pattern) : pattern.test(text)
    }
    await new Promise<void>((resolve, reject) => {
      const finish = (done: () => void): void => {
        clearTimeout(timer)
        this.#watching.delete(check)
        done()
      }
      const fail = (why: string): void =>
        finish(() => reject(new Error(`${why} ${String(pattern)} in:\n${this.text}`)))
      const timer = setTimeout(() => fail('Waited in vain for'), WITHIN_MS)
      const check = (): void => {
        if (isShown()) finish(resolve)
        else if (this.#hasEnded) fail('It ended without')
      }
      this.#watching.add(check)
      check()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#hasEnded) return
    this.end('SIGKILL')
    await this.exit
  }
}
