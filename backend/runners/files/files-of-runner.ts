import { realpath } from 'node:fs/promises'
import { allParts } from '../../lib/gguf/parts.ts'
import { filesOf, type ModelConfig } from '../config/model-config.ts'

/** Whether a runner with these settings works with this model, or with a part of it. */
export async function usesModel(config: ModelConfig, path: string): Promise<boolean> {
  const [parts, used] = await Promise.all([
    Promise.all(allParts(path).map(realOf)),
    Promise.all(filesNamedIn(config).map(realOf)),
  ])
  return used.some((file) => parts.includes(file))
}

/** Words that may be files; what is none hurts nobody. */
function filesNamedIn(config: ModelConfig): readonly string[] {
  if (config.kind === 'command') return config.command
  const words = config.kind === 'whisper' ? (config.command ?? []) : []
  return [...filesOf(config), ...words, ...('args' in config ? config.args : [])]
}

/** One file may have several names. */
function realOf(path: string): Promise<string> {
  return realpath(path).catch(() => path)
}
