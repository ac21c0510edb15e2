import { PassThrough, Readable } from 'node:stream'
import { runCommand } from '../../backend/cli/run.ts'
import { type Output, Terminal } from '../../backend/cli/terminal.ts'

export interface Ran {
  readonly code: number
  /** What went to stdout, and what was said beside it. */
  readonly out: string
  readonly err: string
}

export interface RunOptions {
  /** What is piped in; absent: nothing. */
  readonly input?: string
  readonly env?: Record<string, string>
  readonly stdout?: Output
}

/** Runs `troupe` in this process, as a shell would with pipes on all sides. */
export async function troupe(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const collected = new PassThrough()
  const stderr = new PassThrough()
  const terminal = new Terminal({
    stdin: Readable.from([Buffer.from(options.input ?? '')]),
    stdout: options.stdout ?? collected,
    stderr,
    env: { PATH: process.env['PATH'] ?? '', ...options.env },
  })
  const code = await runCommand(args, terminal)
  return { code, out: textOf(collected), err: textOf(stderr) }
}

function textOf(stream: PassThrough): string {
  const bytes: unknown = stream.read()
  return Buffer.isBuffer(bytes) ? bytes.toString('utf8') : ''
}
