import { type MediaKind } from './media-kind.ts'

export interface PictureSize {
  readonly width: number
  readonly height: number
}

/** Where a JPEG with thumbnails and colour profiles in front says its size. */
export const HEADER_BYTES = 1024 * 1024

/** Reads what a picture says its size is, without decoding it. @returns undefined if the header is cut off or broken. */
export function pictureSizeOf(head: Uint8Array, kind: MediaKind): PictureSize | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length)
  try {
    const size = READERS[kind.ext]?.(bytes)
    return size && size.width > 0 && size.height > 0 ? size : undefined
  } catch (error) {
    if (error instanceof RangeError) return undefined // It ends too early.
    throw error
  }
}

const READERS: Readonly<Record<string, (bytes: Buffer) => PictureSize | undefined>> = {
  png: (bytes) => ({ width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }),
  gif: (bytes) => ({ width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) }),
  bmp: bitmapSize,
  jpg: jpegSize,
  webp: webpSize,
  avif: avifSize,
}

function bitmapSize(bytes: Buffer): PictureSize {
  if (bytes.readUInt32LE(14) === 12) return { width: bytes.readUInt16LE(18), height: bytes.readUInt16LE(20) }
  // A negative height means that the rows begin at the top.
  return { width: bytes.readInt32LE(18), height: Math.abs(bytes.readInt32LE(22)) }
}

function jpegSize(bytes: Buffer): PictureSize | undefined {
  let at = 2
  for (;;) {
    if (bytes.readUInt8(at) !== 0xff) return undefined
    const marker = bytes.readUInt8(at + 1)
    if (marker === 0xff) {
      at += 1 // Padding.
      continue
    }
    const isStart = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isStart) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) }
    const hasNoLength = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)
    at += hasNoLength ? 2 : 2 + bytes.readUInt16BE(at + 2)
  }
}

function webpSize(bytes: Buffer): PictureSize | undefined {
  const chunk = bytes.toString('latin1', 12, 16)
  if (chunk === 'VP8X') return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 }
  if (chunk === 'VP8 ')
    return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff }
  if (chunk !== 'VP8L') return undefined
  const bits = bytes.readUInt32LE(21)
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
}

/** An AVIF has a size for each of its items; the largest is the picture, or the grid of which the others are parts. */
function avifSize(bytes: Buffer): PictureSize | undefined {
  let largest: PictureSize | undefined
  for (let at = bytes.indexOf('ispe'); at >= 0; at = bytes.indexOf('ispe', at + 4)) {
    const size = { width: bytes.readUInt32BE(at + 8), height: bytes.readUInt32BE(at + 12) }
    if (!largest || size.width * size.height > largest.width * largest.height) largest = size
  }
  return largest
}
