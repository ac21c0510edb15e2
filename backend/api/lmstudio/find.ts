import { type Directory, type Talkable } from '../core/contract.ts'
import { modelNotFound } from './wire-error.ts'

/** @throws LmStudioError `model_not_found`; AppError `engine_…` if no server answers. */
export async function find(directory: Directory, name: string, signal: AbortSignal): Promise<Talkable> {
  const talkable = await directory.find(name, signal)
  if (!talkable) throw modelNotFound(name)
  return talkable
}
