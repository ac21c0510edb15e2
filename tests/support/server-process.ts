import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The real server in a process of its own, as `npm start` runs it. */
export class ServerProcess implements AsyncDisposable {
  readonly url: string
  readonly wsUrl: string
  readonly output: () => string
  readonly process: ChildProcess

  private constructor(child: ChildProcess, url: string, output: () => string) {
    this.process = child
    this.url = url
    this.wsUrl = `${url.replace('http', 'ws')}/ws`
    this.output = output
  }

  /** @throws Error with what it printed, if it ends before it is ready. */
  static async start(dataDir: string, env: Record<string, string> = {}, port = 0): Promise<ServerProcess> {
    const child = launch(['--port', String(port), '--data-dir', dataDir], env)
    let printed = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        printed += text
      })
    }
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout?.on('data', () => {
        const found = /ready: (https?):\/\/localhost:(\d+)/.exec(printed)
        if (found) resolve(`${found[1]}://127.0.0.1:${found[2]}`)
      })
      child.once('exit', (code) => reject(new Error(`The server ended with ${code}:\n${printed}`)))
    })
    return new ServerProcess(child, url, () => printed)
  }

  /** Resolves once it has printed this. */
  async printed(pattern: RegExp): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (pattern.test(this.output())) resolve()
        else this.process.stdout?.once('data', look)
      }
      look()
    })
  }

  /** Sends the signal. @returns the exit code, or null if the signal ended it. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return this.process.exitCode
    const exited = once(this.process, 'exit')
    this.process.kill(signal)
    await exited
    return this.process.exitCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL')
  }
}

/** Runs the server until it ends by itself. */
export async function runToExit(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; printed: string }> {
  const child = launch(args, env)
  let printed = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (printed += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (printed += text))
  await once(child, 'close')
  return { code: child.exitCode, printed }
}

function launch(args: string[], env: Record<string, string>): ChildProcess {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(TROUPE_|HOST$|PORT$)/.test(name)),
  )
  return spawn(process.execPath, ['--import', 'tsx', 'backend/main.ts', ...args], {
    cwd: ROOT,
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}
