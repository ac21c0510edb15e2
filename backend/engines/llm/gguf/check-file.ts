import { AppError } from '../../../errors.ts'
import { type GgufHeader } from '../../../lib/gguf/header.ts'
import { allParts } from '../../../lib/gguf/parts.ts'
import { readGgufFile } from '../../../lib/gguf/read-header.ts'

/** As many tokens more a model may know than the one that guesses ahead for it: fillers at the end of a list. */
const MOST_FILLERS = 128

/**
 * The library trusts what a header says: it may read for hours, or crash, over a file that is cut or made up.
 * @returns the header of its first part.
 * @throws AppError `engine_unavailable`; the signal's reason.
 */
export async function checkFile(path: string, signal: AbortSignal): Promise<GgufHeader> {
  try {
    const [first = path, ...others] = allParts(path)
    const { header } = await readGgufFile(first, signal)
    for (const part of others) await readGgufFile(part, signal)
    return header
  } catch (error) {
    signal.throwIfAborted()
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    const reason = isMissing ? 'It is not there' : error instanceof Error ? error.message : String(error)
    throw new AppError('engine_unavailable', `The model "${path}" cannot be loaded. ${reason}`, {
      cause: error,
    })
  }
}

/** @throws AppError `engine_unavailable` if what one of them guesses means something else to the other. */
export function checkDraft(path: string, model: GgufHeader, draft: GgufHeader): void {
  const isSameKind = kindOf(model) === kindOf(draft)
  const fillers = sizeOf(model) - sizeOf(draft)
  if (isSameKind && fillers >= 0 && fillers <= MOST_FILLERS) return
  throw new AppError(
    'engine_unavailable',
    `"${path}" cannot guess ahead: it has another vocabulary; take a small model of the same family`,
  )
}

function kindOf({ metadata }: GgufHeader): unknown {
  return metadata.get('tokenizer.ggml.model')
}

function sizeOf({ metadata }: GgufHeader): number {
  const tokens = metadata.get('tokenizer.ggml.tokens')
  return typeof tokens === 'object' ? tokens.arrayLength : 0
}
