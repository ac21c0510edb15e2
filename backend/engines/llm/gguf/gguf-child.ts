import { chmodSync } from 'node:fs'
import { argv, env } from 'node:process'
import { systemClock } from '../../../lib/clock.ts'
import { childOptions } from './child-options.ts'
import { EmbeddingHost } from './embedding-host.ts'
import { GgufDoor } from './gguf-door.ts'
import { GgufHost } from './gguf-host.ts'
import { loadEmbedder, loadModel } from './load-model.ts'
import { type LoadOptions } from './load-options.ts'
import { type ModelHost } from './model-host.ts'
import { serveDoor } from './serve-door.ts'

/**
 * A program of its own: one GGUF model behind the door of a llama-server, whose flags it takes. It ends with whoever
 * started it, however that ends.
 */

const WATCH_PARENT_MS = 1_000

const options = childOptions(argv.slice(2), env)
const parent = process.ppid
const loading = new AbortController()
let host: ModelHost | undefined

const door = new GgufDoor({ host: () => host, alias: options.alias, clock: systemClock })
// Not an argument: those can be seen by everybody on this machine.
const server = serveDoor(door, env['LLAMA_API_KEY'])
process.on('SIGTERM', () => void end())
// A signal from the terminal goes to the whole group; who started this one decides.
process.on('SIGINT', () => {})
setInterval(() => {
  if (process.ppid !== parent) process.exit()
}, WATCH_PARENT_MS).unref()
listen()
await load()

function listen(): void {
  const { address, port } = options
  server.on('error', (error) => fail(error))
  if (port === undefined) server.listen(address, () => chmodSync(address, 0o600))
  else server.listen(port, address)
}

async function load(): Promise<void> {
  const onProgress = (progress: number): void => say(`loading ${(progress * 100).toFixed(0)} %`)
  try {
    host = await opened({ ...options.load, onLog: say, onProgress })
    say('ready')
  } catch (error) {
    fail(error)
  }
}

async function opened(load: LoadOptions): Promise<ModelHost> {
  const { signal } = loading
  return options.isForEmbeddings
    ? new EmbeddingHost(await loadEmbedder(load, signal))
    : new GgufHost(await loadModel(load, signal))
}

function fail(error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error)
  process.stderr.write(`${reason}\n`, () => process.exit(1))
}

async function end(): Promise<void> {
  loading.abort(new Error('The model is being unloaded'))
  server.close()
  await host?.[Symbol.asyncDispose]()
  process.exit()
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}
