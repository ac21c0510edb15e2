import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ownProgram } from '../../backend/lib/spawn.ts'
import { Upstream } from '../../backend/runners/process/upstream.ts'

const CHILD = new URL('../../backend/engines/llm/gguf/gguf-child.ts', import.meta.url)

/** A GGUF model in a process of its own, behind a socket file. */
export interface GgufServer extends AsyncDisposable {
  readonly fetch: typeof fetch
  readonly child: ChildProcess
  /** What it wrote. */
  readonly log: () => string
  /** How many replies it is writing. */
  busySlots(): Promise<number>
}

export interface GgufServerOptions {
  readonly model: string
  readonly parallel?: number
  readonly apiKey?: string
  /** Further ones. */
  readonly flags?: readonly string[]
  readonly variables?: Readonly<Record<string, string>>
}

/** It need not be ready yet. */
export async function startGgufServer({
  model,
  parallel = 4,
  apiKey,
  flags: further = [],
  variables = {},
}: GgufServerOptions): Promise<GgufServer> {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-socket-'))
  const socketPath = join(folder, 'model.sock')
  const [command, ...args] = ownProgram(CHILD)
  const flags = ['--model', model, '--alias', 'story', '--host', socketPath, '--parallel', String(parallel)]
  const child = spawn(command, [...args, ...flags, '--threads', '1', '--n-gpu-layers', '0', ...further], {
    env: { ...process.env, ...variables, ...(apiKey === undefined ? {} : { LLAMA_API_KEY: apiKey }) },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exited = once(child, 'exit')
  let written = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (written += text))
  const upstream = new Upstream({ socketPath, release: () => Promise.resolve() }, apiKey)
  return {
    child,
    fetch: upstream.fetch,
    log: () => written,
    busySlots: async () => (await upstream.busySlots(new AbortController().signal)) ?? 0,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      await exited
      await upstream.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
