import { createHash } from 'node:crypto'
import { type Talkable } from '../core/contract.ts'
import { canSee } from '../core/can-see.ts'
import { present } from './options.ts'

/** How a model is described in lists and alone. */
export function detailsOf({ file, kind, contextTokens }: Talkable): object {
  const family = file?.architecture || (kind === 'character' ? 'character' : '')
  return {
    parent_model: '',
    format: file?.format ?? '',
    family,
    families: family === '' ? [] : [family],
    parameter_size: sizeWord(file?.parameterCount),
    quantization_level: file?.quantization ?? '',
    ...present({
      context_length: finite(contextTokens) ?? file?.contextLength,
      embedding_length: file?.embeddingLength,
    }),
  }
}

export function capabilitiesOf(talkable: Talkable): string[] {
  const { kind, canUseTools, canThink } = talkable
  if (kind === 'embedding') return ['embedding']
  return [
    'completion',
    ...(canUseTools ? ['tools'] : []),
    ...(canSee(talkable) ? ['vision'] : []),
    ...(canThink ? ['thinking'] : []),
  ]
}

/** What programs tell versions of a model apart by. */
export function digestOf({ id, file }: Talkable): string {
  return file?.digest ?? createHash('sha256').update(id).digest('hex')
}

/** `GET /api/show`'s facts. Some programs fail where it is empty. */
export function modelInfoOf(talkable: Talkable): Record<string, unknown> {
  const { file, kind, contextTokens, name } = talkable
  const architecture = file?.architecture || (kind === 'character' ? 'character' : 'unknown')
  return {
    'general.architecture': architecture,
    'general.basename': name,
    'general.parameter_count': file?.parameterCount ?? 0,
    [`${architecture}.context_length`]: finite(contextTokens) ?? file?.contextLength ?? 0,
    [`${architecture}.embedding_length`]: file?.embeddingLength ?? 0,
  }
}

/** 3212749888 → `3.2B`, as Ollama rounds. */
export function sizeWord(count: number | undefined): string {
  if (count === undefined || count <= 0) return ''
  if (count >= 1e9) return `${(count / 1e9).toFixed(1)}B`
  if (count >= 1e6) return `${(count / 1e6).toFixed(2)}M`
  return count >= 1e3 ? `${Math.trunc(count / 1e3)}K` : String(count)
}

export function finite(count: number): number | undefined {
  return Number.isFinite(count) ? count : undefined
}
