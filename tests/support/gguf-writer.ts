/** Writes GGUF files, version 3, little-endian: small ones, for tests. */

export type GgufField =
  | { readonly type: 'uint32'; readonly value: number }
  | { readonly type: 'int32'; readonly value: number }
  | { readonly type: 'float32'; readonly value: number }
  | { readonly type: 'uint64'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'float32s'; readonly value: readonly number[] }
  | { readonly type: 'int32s'; readonly value: readonly number[] }

export interface GgufTensor {
  readonly name: string
  /** The fastest one first, as GGUF has them. */
  readonly dimensions: readonly number[]
  readonly values: Float32Array
}

export interface GgufContent {
  readonly version?: number
  readonly fields: Readonly<Record<string, GgufField>>
  readonly tensors: readonly GgufTensor[]
}

const ALIGNMENT = 32
const F32 = 0

/** The whole file. */
export function writeGguf({ version = 3, fields, tensors }: GgufContent): Buffer {
  const entries = Object.entries(fields)
  const parts = [
    Buffer.from('GGUF'),
    uint32(version),
    uint64(tensors.length),
    uint64(entries.length),
    ...entries.flatMap(([key, field]) => [text(key), fieldBytes(field)]),
  ]
  let offset = 0
  for (const { name, dimensions, values } of tensors) {
    parts.push(text(name), uint32(dimensions.length), ...dimensions.map(uint64), uint32(F32), uint64(offset))
    offset += padded(values.byteLength)
  }
  parts.push(padding(Buffer.concat(parts).length))
  for (const { values } of tensors) {
    parts.push(Buffer.from(values.buffer, values.byteOffset, values.byteLength), padding(values.byteLength))
  }
  return Buffer.concat(parts)
}

function fieldBytes(field: GgufField): Buffer {
  if (field.type === 'uint32') return Buffer.concat([uint32(4), uint32(field.value)])
  if (field.type === 'int32') return Buffer.concat([uint32(5), int32(field.value)])
  if (field.type === 'float32') return Buffer.concat([uint32(6), float32(field.value)])
  if (field.type === 'bool') return Buffer.concat([uint32(7), Buffer.from([field.value ? 1 : 0])])
  if (field.type === 'string') return Buffer.concat([uint32(8), text(field.value)])
  if (field.type === 'uint64') return Buffer.concat([uint32(10), uint64(field.value)])
  if (field.type === 'strings') return list(8, field.value.map(text))
  if (field.type === 'float32s') return list(6, field.value.map(float32))
  return list(5, field.value.map(int32))
}

function list(type: number, elements: readonly Buffer[]): Buffer {
  return Buffer.concat([uint32(9), uint32(type), uint64(elements.length), ...elements])
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([uint64(bytes.length), bytes])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}

function float32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeFloatLE(value)
  return bytes
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

function padded(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT
}

function padding(length: number): Buffer {
  return Buffer.alloc(padded(length) - length)
}
