import { stat } from 'node:fs/promises'
import { allParts } from '../../lib/gguf/parts.ts'

/** Bytes of all parts of a model; undefined if it is not there. */
export async function sizeOfModel(path: string): Promise<number | undefined> {
  const parts = await Promise.all(allParts(path).map((part) => stat(part).catch(() => undefined)))
  const sizes = parts.flatMap((part) => part?.size ?? [])
  return sizes.length === 0 ? undefined : sizes.reduce((sum, size) => sum + size, 0)
}
