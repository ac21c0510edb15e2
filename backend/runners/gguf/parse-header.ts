import { GgufError } from './gguf-error.ts'
import { type GgufHeader, type GgufValue, LIMITS } from './header.ts'
import { parseTensors } from './parse-tensors.ts'
import { type Parser, readCount, readKey, readText, readUint32, skip, skipText, take } from './parser.ts'

const MAGIC = 'GGUF'
const DEFAULT_ALIGNMENT = 32

/** Reads the header of a GGUF file of version 2 or 3, up to its last byte. */
export function* parseHeader(): Parser<GgufHeader> {
  const version = yield* readVersion()
  const tensorCount = yield* readCount('tensors', LIMITS.tensors)
  const entryCount = yield* readCount('entries', LIMITS.entries)
  const metadata = yield* parseMetadata(entryCount)
  const alignmentBytes = alignmentOf(metadata)
  const tensors = yield* parseTensors(tensorCount)
  return { version, metadata, tensors, alignmentBytes }
}

function* readVersion(): Parser<number> {
  const start = yield* take(4)
  const magic = new TextDecoder('latin1').decode(start)
  if (magic !== MAGIC) throw new GgufError(notGguf(magic))
  const version = yield* readUint32()
  if (version === 2 || version === 3) return version
  if (version === 1) throw new GgufError('It is GGUF version 1, which nothing reads any more: convert it anew')
  if (version % 65_536 === 0) {
    throw new GgufError('It is written for machines that order bytes the other way round (big-endian)')
  }
  throw new GgufError(`It is GGUF version ${version}; Troupe reads versions 2 and 3`)
}

function notGguf(magic: string): string {
  if (/^[\s<]/u.test(magic)) return 'It is a web page, not a GGUF file: the download went wrong'
  if (magic === 'vers') {
    return 'It is a pointer of Git LFS, not the file itself: fetch it with "git lfs pull", or download it'
  }
  if (/^(?:ggml|ggjt|ggla|fmgg|tjgg|lmgg)/u.test(magic)) {
    return 'It is a GGML file, which came before GGUF: convert it'
  }
  return 'It is not a GGUF file'
}

function* parseMetadata(count: number): Parser<Map<string, GgufValue>> {
  const metadata = new Map<string, GgufValue>()
  let keptBytes = 0
  for (let index = 0; index < count; index += 1) {
    const key = yield* readKey(LIMITS.keyBytes)
    const type = yield* readUint32()
    const value = yield* parseValue(type, key)
    keptBytes += key.length + (typeof value === 'string' ? value.length : 8)
    if (keptBytes > LIMITS.keptBytes) throw new GgufError('Its metadata are too large to be real')
    if (metadata.has(key)) throw new GgufError(`Its metadata have "${key}" twice`)
    metadata.set(key, value)
  }
  return metadata
}

function* parseValue(type: number, key: string): Parser<GgufValue> {
  if (type === TEXT) return yield* readText(LIMITS.textBytes, key)
  if (type === ARRAY) return { arrayLength: yield* skipArray(key, 1) }
  const scalar = SCALARS.get(type)
  if (!scalar) throw new GgufError(`Its entry "${key}" is of an unknown type, ${type}`)
  return scalar.read(viewOf(yield* take(scalar.bytes)))
}

/** @returns how many elements it has. */
function* skipArray(key: string, depth: number): Parser<number> {
  if (depth > LIMITS.arrayDepth) throw new GgufError(`Its entry "${key}" nests lists too deeply`)
  const type = yield* readUint32()
  const length = yield* readCount(`elements of "${key}"`, LIMITS.arrayLength)
  const scalar = SCALARS.get(type)
  if (scalar) {
    yield* skip(length * scalar.bytes)
    return length
  }
  if (type !== TEXT && type !== ARRAY) {
    throw new GgufError(`Its entry "${key}" is a list of an unknown type, ${type}`)
  }
  for (let index = 0; index < length; index += 1) {
    if (type === TEXT) yield* skipText()
    else yield* skipArray(key, depth + 1)
  }
  return length
}

function alignmentOf(metadata: ReadonlyMap<string, GgufValue>): number {
  const alignment = metadata.get('general.alignment') ?? DEFAULT_ALIGNMENT
  const isSane = typeof alignment === 'number' && Number.isInteger(alignment) && alignment >= 1
  if (!isSane || alignment > 1024 * 1024) throw new GgufError('Its "general.alignment" makes no sense')
  return alignment
}

const TEXT = 8
const ARRAY = 9

interface Scalar {
  readonly bytes: number
  readonly read: (view: DataView) => number | boolean
}

const SCALARS: ReadonlyMap<number, Scalar> = new Map<number, Scalar>([
  [0, { bytes: 1, read: (view) => view.getUint8(0) }],
  [1, { bytes: 1, read: (view) => view.getInt8(0) }],
  [2, { bytes: 2, read: (view) => view.getUint16(0, true) }],
  [3, { bytes: 2, read: (view) => view.getInt16(0, true) }],
  [4, { bytes: 4, read: (view) => view.getUint32(0, true) }],
  [5, { bytes: 4, read: (view) => view.getInt32(0, true) }],
  [6, { bytes: 4, read: (view) => view.getFloat32(0, true) }],
  [7, { bytes: 1, read: (view) => view.getUint8(0) !== 0 }],
  [10, { bytes: 8, read: (view) => Number(view.getBigUint64(0, true)) }],
  [11, { bytes: 8, read: (view) => Number(view.getBigInt64(0, true)) }],
  [12, { bytes: 8, read: (view) => view.getFloat64(0, true) }],
])

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
