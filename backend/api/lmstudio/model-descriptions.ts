import { type Talkable } from '../core/contract.ts'
import { type Residence } from '../core/residence.ts'

/** Where nobody tells how much fits: what most models of today read. */
const UNKNOWN_CONTEXT = 8_192
/** Bits of one weight, as quantisations are called. */
const BITS = /(?:^|[^A-Z])(?:I?Q|MXFP|NVFP)(\d)|^(?:B?F)(\d+)/i

/** As `/api/v0/models` has it. */
export function v0Model(talkable: Talkable, residence: Residence): object {
  const { id, kind, file } = talkable
  const isLoaded = residence.isLoaded(talkable)
  return {
    id,
    object: 'model',
    type: kind === 'embedding' ? 'embeddings' : 'llm',
    publisher: publisherOf(talkable),
    arch: file?.architecture ?? (kind === 'character' ? 'character' : 'unknown'),
    compatibility_type: 'gguf',
    quantization: file?.quantization ?? '',
    state: isLoaded ? 'loaded' : 'not-loaded',
    max_context_length: maxContextOf(talkable),
    ...(isLoaded ? { loaded_context_length: contextOf(talkable) } : {}),
  }
}

/** As `/api/v1/models` has it. */
export function v1Model(talkable: Talkable, residence: Residence): object {
  const { id, kind, name, file, description } = talkable
  const quantization = file?.quantization ?? ''
  const isLoaded = residence.isLoaded(talkable)
  return {
    type: kind === 'embedding' ? 'embedding' : 'llm',
    publisher: publisherOf(talkable),
    key: id,
    display_name: name,
    ...(file?.architecture ? { architecture: file.architecture } : {}),
    quantization: quantization === '' ? null : { name: quantization, bits_per_weight: bitsOf(quantization) },
    size_bytes: file?.sizeBytes ?? 0,
    params_string: paramsString(file?.parameterCount),
    loaded_instances: isLoaded ? [{ id, config: { context_length: contextOf(talkable) } }] : [],
    max_context_length: maxContextOf(talkable),
    format: file ? 'gguf' : null,
    ...(kind === 'embedding' ? {} : { capabilities: capabilitiesOf(talkable) }),
    ...(description === '' ? {} : { description }),
  }
}

/** As the SDK knows a model that is on the disk. */
export function sdkModel(talkable: Talkable) {
  const { id, kind, name, file, canUseTools } = talkable
  const isEmbedding = kind === 'embedding'
  const params = paramsString(file?.parameterCount)
  return {
    type: isEmbedding ? 'embedding' : 'llm',
    modelKey: id,
    format: 'gguf',
    displayName: name,
    publisher: publisherOf(talkable),
    path: file?.path ?? id,
    sizeBytes: file?.sizeBytes ?? 0,
    indexedModelIdentifier: id,
    deviceIdentifier: null,
    ...(params === null ? {} : { paramsString: params }),
    ...(file?.architecture ? { architecture: file.architecture } : {}),
    ...(file?.quantization
      ? { quantization: { name: file.quantization, bits: bitsOf(file.quantization) ?? 0 } }
      : {}),
    maxContextLength: maxContextOf(talkable),
    ...(isEmbedding ? {} : { vision: false, trainedForToolUse: canUseTools }),
  }
}

interface Instances {
  readonly residence: Residence
  /** What programs called them when they loaded them. */
  readonly instanceNames: ReadonlyMap<string, string>
}

/** The same, once it is loaded. */
export function sdkInstance(talkable: Talkable, { residence, instanceNames }: Instances) {
  const expiry = residence.expiryOf(talkable)
  return {
    ...sdkModel(talkable),
    identifier: instanceNames.get(talkable.id) ?? talkable.id,
    instanceReference: `troupe-${talkable.id}`,
    ttlMs: expiry instanceof Date ? Math.max(0, residence.leftMs(expiry)) : null,
    lastUsedTime: null,
    contextLength: contextOf(talkable),
  }
}

function capabilitiesOf({ canUseTools, canThink }: Talkable): object {
  const reasoning = { allowed_options: ['off', 'on', 'low', 'medium', 'high'], default: 'on' }
  return { vision: false, trained_for_tool_use: canUseTools, ...(canThink ? { reasoning } : {}) }
}

/** Of what it is loaded with. */
export function contextOf({ contextTokens, file }: Talkable): number {
  return Number.isFinite(contextTokens) ? contextTokens : (file?.contextLength ?? UNKNOWN_CONTEXT)
}

function maxContextOf(talkable: Talkable): number {
  return talkable.file?.contextLength ?? contextOf(talkable)
}

function publisherOf({ id, kind }: Talkable): string {
  if (kind === 'character') return 'troupe'
  const slash = id.indexOf('/')
  return slash > 0 ? id.slice(0, slash) : 'local'
}

/** 3212749888 → `3.2B`. */
export function paramsString(count: number | undefined): string | null {
  if (count === undefined || count <= 0) return null
  return count >= 1e9 ? `${trimmed(count / 1e9)}B` : `${trimmed(count / 1e6)}M`
}

function trimmed(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '')
}

/** `Q4_K_M` → 4, `F16` → 16. */
export function bitsOf(quantization: string): number | null {
  const [, quantised, float] = BITS.exec(quantization) ?? []
  const bits = quantised ?? float
  return bits === undefined ? null : Number(bits)
}
