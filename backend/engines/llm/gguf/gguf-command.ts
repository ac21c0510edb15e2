import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type GgufSettings } from './gguf-link.ts'

export interface GgufCommandOptions extends GgufSettings {
  /** As the model is to be called. */
  readonly alias: string
  readonly listen: { readonly socketPath: string } | { readonly host: string; readonly port: number }
}

/**
 * How a GGUF model is started as a program of its own. It has the flags of llama-server, its `/health` and its
 * `/slots`, and takes the key that requests must show from `LLAMA_API_KEY`.
 */
export function ggufCommand(options: GgufCommandOptions): readonly [string, ...string[]] {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  const program = fileURLToPath(new URL('gguf-child.ts', import.meta.url))
  return [process.execPath, '--import', tsx, program, ...ggufFlags(options)]
}

export function ggufFlags(options: GgufCommandOptions): string[] {
  const { path, alias, parallel, contextTokens, threads, gpuLayers, listen } = options
  return [
    ...flag('--model', path),
    ...flag('--alias', alias),
    ...('socketPath' in listen
      ? flag('--host', listen.socketPath)
      : [...flag('--host', listen.host), ...flag('--port', listen.port)]),
    ...flag('--parallel', parallel),
    // What llama-server is told is the context of all conversations together.
    ...flag('--ctx-size', contextTokens === undefined ? undefined : contextTokens * parallel),
    ...flag('--threads', threads),
    ...flag('--n-gpu-layers', gpuLayers),
  ]
}

function flag(name: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [name, String(value)]
}
