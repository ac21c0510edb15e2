import { basename } from 'node:path'
import { type ModelFileInfo } from '#shared/entities.ts'
import { describeGguf, type GgufDescription } from '../../lib/gguf/describe-gguf.ts'
import { GgufError } from '../../lib/gguf/gguf-error.ts'
import { type GgufHeader } from '../../lib/gguf/header.ts'
import { readGgufFile } from '../../lib/gguf/read-header.ts'
import { fingerprint } from './fingerprint.ts'
import { type FoundFile } from './found-files.ts'

/** One model on the disk: all its parts, the first one first. */
export type ModelParts = readonly [FoundFile, ...FoundFile[]]

export interface ReadModel {
  readonly kind: GgufDescription['kind']
  readonly info: ModelFileInfo
}

/**
 * Reads what a model says of itself. A file that cannot be read is described by why.
 * @throws the signal's reason
 */
export async function readModel(parts: ModelParts, signal: AbortSignal): Promise<ReadModel> {
  const known = knownWithoutReading(parts)
  try {
    const { kind, ...told } = describeGguf(await headersOf(parts, signal))
    const digest = await fingerprint(parts[0].path, signal)
    return { kind, info: { ...known, digest, ...fieldsOf(told), name: told.name ?? known.name } }
  } catch (error) {
    signal.throwIfAborted()
    return { kind: 'model', info: { ...known, error: sentenceOf(error) } }
  }
}

/** More names than these help nobody. */
const NAMED = 3

/** A model whose files are not all there. */
export function incompleteModel(parts: ModelParts, missing: readonly string[]): ReadModel {
  const named = missing.slice(0, NAMED).map((path) => basename(path))
  const names = [...named, ...(missing.length > NAMED ? [`and ${missing.length - NAMED} more`] : [])].join(
    ', ',
  )
  const error = `Not all of its files are there; missing: ${names}. Download them, too`
  return { kind: 'model', info: { ...knownWithoutReading(parts), error } }
}

function knownWithoutReading(parts: ModelParts): ModelFileInfo & { name: string } {
  const [first] = parts
  return {
    path: first.path,
    size_bytes: parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    modified_at: first.modifiedAt.toISOString(),
    name: basename(first.path).replace(/(?:-\d{5}-of-\d{5})?\.gguf$/iu, ''),
  }
}

async function headersOf(parts: ModelParts, signal: AbortSignal): Promise<[GgufHeader, ...GgufHeader[]]> {
  const [first, ...others] = parts
  const headers: [GgufHeader, ...GgufHeader[]] = [(await readGgufFile(first.path, signal)).header]
  for (const { path } of others) headers.push((await readGgufFile(path, signal)).header)
  return headers
}

function fieldsOf(told: Omit<GgufDescription, 'kind'>): Partial<ModelFileInfo> {
  return {
    architecture: told.architecture,
    quantization: told.quantization,
    parameter_count: told.parameterCount,
    context_length: told.contextLength,
    embedding_length: told.embeddingLength,
    chat_template: told.chatTemplate,
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof GgufError) return error.message
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
  return code === 'EACCES' ? 'Troupe may not read it: change its permissions' : `It cannot be read (${code})`
}
