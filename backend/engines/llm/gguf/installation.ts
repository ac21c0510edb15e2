import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { AppError } from '../../../errors.ts'
import { type LlamaLibrary } from './llama-types.ts'

/** Not among our own dependencies: with graphics cards it is 700 MB, without them 120. */
export const LLAMA_ENTRY = 'extras/gguf/node_modules/node-llama-cpp/dist/index.js'
const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))

/** Where `node-llama-cpp` is; undefined if nobody installed it. @param root of this project. */
export function findLlamaLibrary(root = ROOT): string | undefined {
  const path = join(root, LLAMA_ENTRY)
  return existsSync(path) ? path : undefined
}

/** What keeps GGUF models from running here, as a sentence that says what to do; undefined if nothing does. */
export function ggufProblem(root = ROOT): string | undefined {
  if (findLlamaLibrary(root) !== undefined) return undefined
  return 'Troupe cannot run GGUF models itself yet: run "npm run setup -- --gguf" (120 MB; with "--gpu", for graphics cards, 700 MB)'
}

/** @throws AppError `engine_unavailable` if it is not installed, or does not load. */
export async function loadLlamaLibrary(root = ROOT): Promise<LlamaLibrary> {
  const path = findLlamaLibrary(root)
  if (path === undefined) throw new AppError('engine_unavailable', ggufProblem(root) ?? '')
  try {
    const library: LlamaLibrary = await import(pathToFileURL(path).href)
    return library
  } catch (error) {
    throw new AppError(
      'engine_unavailable',
      'The library that runs GGUF models does not load: run "npm run setup -- --gguf" again',
      { cause: error },
    )
  }
}
