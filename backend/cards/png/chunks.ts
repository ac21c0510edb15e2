import { crc32 } from 'node:zlib'
import { AppError } from '../../errors.ts'

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const OVERHEAD = 12

/** One chunk of a PNG, as it stands in the file. */
export interface Chunk {
  readonly type: string
  readonly data: Uint8Array
  /** In the file, with length and checksum. */
  readonly start: number
  readonly end: number
}

export interface Chunks {
  readonly chunks: readonly Chunk[]
  /** Whether the file goes on to its end as it should. */
  readonly isWhole: boolean
}

export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, index) => bytes[index] === byte)
}

/** The chunks of a PNG, up to its end or to where it is broken. */
export function chunksOf(bytes: Uint8Array): Chunks {
  if (!isPng(bytes)) throw new AppError('invalid', 'This file is no PNG')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const chunks: Chunk[] = []
  let start = SIGNATURE.length
  while (start + OVERHEAD <= bytes.length) {
    const end = start + OVERHEAD + view.getUint32(start)
    const type = Buffer.from(bytes.buffer, bytes.byteOffset + start + 4, 4).toString('latin1')
    if (end > bytes.length || !/^[A-Za-z]{4}$/.test(type)) break
    chunks.push({ type, data: bytes.subarray(start + 8, end - 4), start, end })
    if (type === 'IEND') return { chunks, isWhole: true }
    start = end
  }
  return { chunks, isWhole: false }
}

export function hasRightChecksum(bytes: Uint8Array, { start, end }: Chunk): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return view.getUint32(end - 4) === crc32(bytes.subarray(start + 4, end - 4))
}

export function madeChunk(type: string, data: Uint8Array): Buffer {
  const chunk = Buffer.alloc(OVERHEAD + data.length)
  chunk.writeUInt32BE(data.length, 0)
  chunk.write(type, 4, 'latin1')
  chunk.set(data, 8)
  chunk.writeUInt32BE(crc32(chunk.subarray(4, chunk.length - 4)), chunk.length - 4)
  return chunk
}
