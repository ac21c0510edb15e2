import { chmodSync } from 'node:fs'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '../../../lib/clock.ts'
import { GgufDoor } from './gguf-door.ts'
import { GgufHost } from './gguf-host.ts'
import { loadModel } from './load-model.ts'
import { serveDoor } from './serve-door.ts'

/**
 * A program of its own: one GGUF model behind the door of a llama-server, whose flags it takes (those it does not
 * know are passed over). It ends with whoever started it, however that ends.
 */

const { values } = parseArgs({
  strict: false,
  options: {
    model: { type: 'string' },
    alias: { type: 'string' },
    /** A socket file, or an address. */
    host: { type: 'string' },
    port: { type: 'string' },
    parallel: { type: 'string' },
    'ctx-size': { type: 'string' },
    threads: { type: 'string' },
    'n-gpu-layers': { type: 'string' },
  },
})

const WATCH_PARENT_MS = 1_000

const path = textOf(values['model']) ?? ''
const parallel = numberOf(values['parallel']) ?? 1
const contextTokens = numberOf(values['ctx-size'])
const parent = process.ppid
const loading = new AbortController()
let host: GgufHost | undefined

const door = new GgufDoor({
  host: () => host,
  alias: textOf(values['alias']) ?? basename(path),
  clock: systemClock,
})
// Not an argument: those can be seen by everybody on this machine.
const server = serveDoor(door, process.env['LLAMA_API_KEY'])
process.on('SIGTERM', () => void end())
// A signal from the terminal goes to the whole group; who started this one decides.
process.on('SIGINT', () => {})
process.on('disconnect', () => void end())
setInterval(() => {
  if (process.ppid !== parent) process.exit()
}, WATCH_PARENT_MS).unref()
listen()
await load()

function listen(): void {
  const address = textOf(values['host']) ?? '127.0.0.1'
  const port = numberOf(values['port'])
  server.on('error', (error) => fail(error))
  if (port === undefined) server.listen(address, () => chmodSync(address, 0o600))
  else server.listen(port, address)
}

async function load(): Promise<void> {
  try {
    const model = await loadModel(
      {
        path,
        parallel,
        // Of all together, as llama-server has it.
        contextTokens: contextTokens === undefined ? undefined : Math.floor(contextTokens / parallel),
        gpuLayers: numberOf(values['n-gpu-layers']),
        threads: numberOf(values['threads']),
        onLog: say,
        onProgress: (progress) => say(`loading ${(progress * 100).toFixed(0)} %`),
      },
      loading.signal,
    )
    host = new GgufHost(model)
    say('ready')
    process.send?.({ type: 'ready' }, () => {})
  } catch (error) {
    fail(error)
  }
}

function fail(error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error)
  say(reason)
  if (process.send) process.send({ type: 'broken', reason }, () => process.exit(1))
  else process.exitCode = 1
  server.close()
  setTimeout(() => process.exit(1), WATCH_PARENT_MS).unref()
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

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function numberOf(value: unknown): number | undefined {
  const number = Number(textOf(value) ?? NaN)
  return Number.isInteger(number) && number >= 0 ? number : undefined
}
