import { type Directory, type Talkable } from '../core/contract.ts'
import { CHARACTER_PREFIX, slugOf } from '../core/talkable.ts'
import { untagged } from './names.ts'
import { modelNotFound } from './wire-error.ts'

/**
 * What a program means by a name: a model, or a character, which goes by its bare name as well where no model has it.
 * @throws AppError `not_found` in Ollama's words; `engine_…` if it cannot be known because no server answers.
 */
export async function find(directory: Directory, name: string, signal: AbortSignal): Promise<Talkable> {
  const found = await lookUp(directory, name, signal)
  if (!found) throw modelNotFound(name)
  return found
}

/** As `find`; undefined for what does not exist. */
export async function lookUp(
  directory: Directory,
  name: string,
  signal: AbortSignal,
): Promise<Talkable | undefined> {
  const character = (): Promise<Talkable | undefined> =>
    directory.find(`${CHARACTER_PREFIX}${slugOf(untagged(name))}`, signal)
  try {
    return (await directory.find(name, signal)) ?? (await character())
  } catch (error) {
    signal.throwIfAborted()
    const found = await character()
    if (!found) throw error
    return found
  }
}
