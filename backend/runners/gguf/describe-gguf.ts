import { type GgufHeader, type GgufValue } from './header.ts'
import { fileTypeName, tensorType } from './tensor-types.ts'

/** What a header says about the model. */
export interface GgufDescription {
  /** `projector`: what lets a model see or hear (`mmproj`); `adapter`: a LoRA. Neither can be talked to. */
  readonly kind: 'model' | 'projector' | 'adapter' | 'other'
  readonly name?: string | undefined
  readonly architecture?: string | undefined
  readonly quantization?: string | undefined
  readonly parameterCount?: number | undefined
  readonly contextLength?: number | undefined
  readonly embeddingLength?: number | undefined
  readonly chatTemplate?: string | undefined
}

/** @param headers of all parts of the model, the first one first. */
export function describeGguf(headers: readonly [GgufHeader, ...GgufHeader[]]): GgufDescription {
  const { metadata } = headers[0]
  const architecture = textIn(metadata, 'general.architecture')
  return {
    kind: kindOf(metadata, architecture),
    name: textIn(metadata, 'general.name'),
    architecture,
    quantization: quantizationOf(headers),
    parameterCount: parameterCountOf(headers),
    contextLength: countIn(metadata, `${architecture}.context_length`),
    embeddingLength: countIn(metadata, `${architecture}.embedding_length`),
    chatTemplate: textIn(metadata, 'tokenizer.chat_template'),
  }
}

function kindOf(
  metadata: ReadonlyMap<string, GgufValue>,
  architecture: string | undefined,
): GgufDescription['kind'] {
  const type = textIn(metadata, 'general.type')
  if (type === 'mmproj' || type === 'projector' || architecture === 'clip') return 'projector'
  if (type === 'adapter') return 'adapter'
  return (type ?? 'model') === 'model' ? 'model' : 'other'
}

/** As the file is called; where it does not say, as most of its weights are packed. */
function quantizationOf(headers: readonly [GgufHeader, ...GgufHeader[]]): string | undefined {
  const fileType = countIn(headers[0].metadata, 'general.file_type')
  const named = fileType === undefined ? undefined : fileTypeName(fileType)
  if (named !== undefined) return named
  const elementsByType = new Map<number, number>()
  for (const { tensors } of headers) {
    for (const [type, elements] of tensors.elementsByType) {
      elementsByType.set(type, (elementsByType.get(type) ?? 0) + elements)
    }
  }
  const [most] = [...elementsByType].toSorted(([, one], [, other]) => other - one)
  return most && tensorType(most[0])?.name
}

function parameterCountOf(headers: readonly [GgufHeader, ...GgufHeader[]]): number | undefined {
  const told = countIn(headers[0].metadata, 'general.parameter_count')
  if (told !== undefined && told > 0) return told
  const elements = headers.reduce((sum, { tensors }) => sum + tensors.elements, 0)
  return elements > 0 && Number.isSafeInteger(elements) ? elements : undefined
}

function textIn(metadata: ReadonlyMap<string, GgufValue>, key: string): string | undefined {
  const value = metadata.get(key)
  return typeof value === 'string' && value !== '' ? value : undefined
}

function countIn(metadata: ReadonlyMap<string, GgufValue>, key: string): number | undefined {
  const value = metadata.get(key)
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}
