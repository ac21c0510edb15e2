import { deflateSync } from 'node:zlib'

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** A whole PNG of one colour, or of these pixels, with these texts in it. */
export function png(
  { width, height }: { width: number; height: number },
  pixels: number | Buffer = 128,
  texts: [string, string][] = [],
): Buffer {
  const rows = Array.from({ length: height }, (_unused, y) => [
    Buffer.from([0]), // No filter.
    typeof pixels === 'number'
      ? Buffer.alloc(width * 3, pixels)
      : pixels.subarray(y * width * 3, (y + 1) * width * 3),
  ])
  const picture = deflateSync(Buffer.concat(rows.flat()), { level: typeof pixels === 'number' ? 6 : 0 })
  const chunks = texts.map(([keyword, text]) =>
    pngChunk('tEXt', Buffer.from(`${keyword}\0${text}`, 'latin1')),
  )
  return Buffer.concat([
    SIGNATURE,
    header({ width, height }),
    pngChunk('IDAT', picture),
    ...chunks,
    pngChunk('IEND', Buffer.alloc(0)),
  ])
}

/** A small file that says that it is a picture of any size. */
export function pngThatClaims(size: { width: number; height: number }): Buffer {
  const nothing = deflateSync(Buffer.alloc(1_000))
  return Buffer.concat([
    SIGNATURE,
    header(size),
    pngChunk('IDAT', nothing),
    pngChunk('IEND', Buffer.alloc(0)),
  ])
}

function header({ width, height }: { width: number; height: number }): Buffer {
  const data = Buffer.alloc(13)
  data.writeUInt32BE(width, 0)
  data.writeUInt32BE(height, 4)
  data[8] = 8 // Bits a channel.
  data[9] = 2 // RGB.
  return pngChunk('IHDR', data)
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const chunk = Buffer.alloc(body.length + 8)
  chunk.writeUInt32BE(data.length, 0)
  body.copy(chunk, 4)
  chunk.writeUInt32BE(crc32(body), body.length + 4)
  return chunk
}

const CRC_TABLE = Array.from({ length: 256 }, (_unused, value) => {
  let crc = value
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1
  return crc >>> 0
})

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}
