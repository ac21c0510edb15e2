import { GgufError } from './gguf-error.ts'
import { LIMITS, type TensorSummary } from './header.ts'
import { type Parser, readKey, readUint32, readUint64 } from './parser.ts'
import { tensorType } from './tensor-types.ts'

const NAME_BYTES = 1024

interface Tensor {
  readonly type: number
  readonly elements: number
  readonly offsetBytes: number
  /** 0 if its type is not known. */
  readonly bytes: number
}

/** Reads the list of tensors, and sums them up. */
export function* parseTensors(count: number): Parser<TensorSummary> {
  const elementsByType = new Map<number, number>()
  let elements = 0
  let dataBytes = 0
  for (let index = 0; index < count; index += 1) {
    const tensor = yield* parseTensor()
    elements += tensor.elements
    elementsByType.set(tensor.type, (elementsByType.get(tensor.type) ?? 0) + tensor.elements)
    dataBytes = Math.max(dataBytes, tensor.offsetBytes + tensor.bytes)
  }
  return { count, elements, elementsByType, dataBytes }
}

function* parseTensor(): Parser<Tensor> {
  const name = yield* readKey(NAME_BYTES)
  const dimensions = yield* readUint32()
  if (dimensions > LIMITS.dimensions) {
    throw new GgufError(`Its tensor "${name}" has ${dimensions} dimensions, which cannot be`)
  }
  let elements = 1
  for (let index = 0; index < dimensions; index += 1) elements *= yield* readUint64()
  const type = yield* readUint32()
  const offsetBytes = yield* readUint64()
  if (!Number.isSafeInteger(elements) || !Number.isSafeInteger(offsetBytes)) {
    throw new GgufError(`Its tensor "${name}" is larger than can be`)
  }
  const packing = tensorType(type)
  const bytes = packing ? Math.ceil(elements / packing.blockElements) * packing.blockBytes : 0
  return { type, elements, offsetBytes, bytes }
}
