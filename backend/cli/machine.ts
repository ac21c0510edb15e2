import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface CommandResult {
  readonly ok: boolean
  /** What the command printed, errors included, in order. */
  readonly output: string
}

/** The computer that is set up: what setup asks and does; a double in tests. */
export interface Machine {
  /** As in `20.19.0`. */
  readonly nodeVersion: string
  readonly isRoot: boolean
  exists(path: string): boolean
  /** The file's text; empty if it cannot be read. */
  read(path: string): string
  /** Runs a program to its end, in the folder of this repository and without input. Never rejects. */
  run(command: readonly [string, ...string[]], timeoutMs: number): Promise<CommandResult>
  say(line: string): void
}

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))

export const thisMachine: Machine = {
  nodeVersion: process.versions.node,
  isRoot: process.getuid?.() === 0,
  exists: existsSync,
  read: (path) => (existsSync(path) ? readFileSync(path, 'utf8') : ''),
  run: runCommand,
  say: (line) => console.log(line),
}

function runCommand(
  [program, ...args]: readonly [string, ...string[]],
  timeoutMs: number,
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: REPOSITORY,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    })
    let output = ''
    const collect = (part: Buffer): void => {
      output = (output + part.toString()).slice(-100_000)
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.on('error', (error) => resolve({ ok: false, output: error.message }))
    child.on('close', (code) => resolve({ ok: code === 0, output }))
    // A daemon that a package has started may hold the pipes open for ever.
    child.on('exit', (code) => void setTimeout(() => resolve({ ok: code === 0, output }), 2000).unref())
  })
}
