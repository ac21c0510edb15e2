import { type Readable, type Writable } from 'node:stream'
import { CliError, EXIT, reasonOf } from './exit.ts'
import { type Style, createStyle } from './style.ts'

/** A stream that may be a terminal. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number }
export type Input = Readable & { readonly isTTY?: boolean }

export interface TerminalDeps {
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
  readonly env: NodeJS.ProcessEnv
}

/** Where a command reads and writes. The answer goes to stdout and nothing else does; all talk goes to stderr. */
export class Terminal {
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
  readonly env: NodeJS.ProcessEnv
  /** For what is written to stdout. */
  readonly style: Style
  /** For what is written to stderr. */
  readonly noteStyle: Style
  /** Aborts when stdout cannot be written to any more; the reason is a `CliError`. */
  readonly broken: AbortSignal
  readonly #broken = new AbortController()
  #writes: Promise<unknown> = Promise.resolve()

  constructor({ stdin, stdout, stderr, env }: TerminalDeps) {
    this.stdin = stdin
    this.stdout = stdout
    this.stderr = stderr
    this.env = env
    this.style = createStyle(isColoured(stdout, env))
    this.noteStyle = createStyle(isColoured(stderr, env))
    this.broken = this.#broken.signal
    stdout.on('error', (error: unknown) => this.#break(error))
    stderr.on('error', () => {}) // Nobody reads what we have to say; the work goes on.
  }

  get isInteractive(): boolean {
    return this.stdin.isTTY === true
  }

  /** Part of the answer, exactly as given. */
  out(text: string | Uint8Array): void {
    if (text.length === 0) return
    const written = new Promise<void>((resolve) => {
      this.stdout.write(text, (error) => {
        if (error) this.#break(error)
        resolve()
      })
    })
    this.#writes = Promise.all([this.#writes, written])
  }

  /** A line for whoever sits there. */
  say(line: string): void {
    this.stderr.write(`${line}\n`)
  }

  /** Resolves when all of the answer has been handed to the system. @throws CliError if it could not be. */
  async flush(): Promise<void> {
    await this.#writes
    this.broken.throwIfAborted()
  }

  /** Everything that is piped in, as text. */
  async readAll(): Promise<string> {
    const parts: Buffer[] = []
    for await (const part of this.stdin) parts.push(Buffer.from(part))
    return Buffer.concat(parts).toString('utf8')
  }

  #break(error: unknown): void {
    if (this.broken.aborted) return
    const isPipe = error instanceof Error && 'code' in error && error.code === 'EPIPE'
    this.#broken.abort(
      isPipe
        ? new CliError(EXIT.brokenPipe, '')
        : new CliError(EXIT.failure, `Cannot write the output: ${reasonOf(error)}`, { cause: error }),
    )
  }
}

/** https://no-color.org and its counterpart. */
function isColoured(stream: Output, env: NodeJS.ProcessEnv): boolean {
  if (env['NO_COLOR']) return false
  if (env['FORCE_COLOR'] && env['FORCE_COLOR'] !== '0') return true
  return stream.isTTY === true && env['TERM'] !== 'dumb'
}
