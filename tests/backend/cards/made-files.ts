import { crc32, deflateSync } from 'node:zlib'
import yazl from 'yazl'

/** Files as other programs write them, made by hand: not with what reads them. */

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

export function pngChunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(data.length, 0)
  frame.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}

export function textChunk(keyword: string, text: string): Buffer {
  return pngChunk('tEXt', Buffer.from(`${keyword}\0${text}`, 'latin1'))
}

export function packedTextChunk(keyword: string, text: string): Buffer {
  return pngChunk('zTXt', Buffer.concat([Buffer.from(`${keyword}\0\0`), deflateSync(Buffer.from(text))]))
}

export function internationalChunk(keyword: string, text: string, isPacked = false): Buffer {
  const head = Buffer.from(`${keyword}\0${isPacked ? '\u0001' : '\0'}\0en\0title\0`)
  const body = Buffer.from(text)
  return pngChunk('iTXt', Buffer.concat([head, isPacked ? deflateSync(body) : body]))
}

const PIXEL_HEADER = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0])
const PIXELS = deflateSync(Buffer.from([0, 200, 100, 50]))

/** A picture of one pixel. @param parts chunks behind its pixels, as they are. */
export function pngOf(parts: readonly Uint8Array[], behind: Uint8Array = Buffer.alloc(0)): Buffer {
  return Buffer.concat([
    SIGNATURE,
    pngChunk('IHDR', PIXEL_HEADER),
    pngChunk('pHYs', Buffer.from([0, 0, 11, 19, 0, 0, 11, 19, 1])),
    pngChunk('IDAT', PIXELS),
    ...parts,
    pngChunk('IEND', Buffer.alloc(0)),
    behind,
  ])
}

export function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}

export function cardPng(text: string, keyword = 'chara'): Buffer {
  return pngOf([textChunk(keyword, base64(text))])
}

/** The chunks of a PNG, for looking at what was written. */
export function chunksIn(png: Uint8Array): { type: string; bytes: Buffer }[] {
  const file = Buffer.from(png)
  const chunks: { type: string; bytes: Buffer }[] = []
  let at = 8
  while (at < file.length) {
    const end = at + 12 + file.readUInt32BE(at)
    const type = file.toString('latin1', at + 4, at + 8)
    chunks.push({ type, bytes: file.subarray(at, end) })
    at = end
    if (type === 'IEND') break
  }
  return chunks
}

/** The card in a PNG that was written, parsed. */
export function cardIn(png: Uint8Array, keyword = 'ccv3'): unknown {
  const prefix = `${keyword}\0`
  const chunk = chunksIn(png).find(
    ({ type, bytes }) => type === 'tEXt' && bytes.toString('latin1', 8).startsWith(prefix),
  )
  const text = chunk?.bytes.toString('latin1', 8 + prefix.length, chunk.bytes.length - 4) ?? ''
  return JSON.parse(Buffer.from(text, 'base64').toString('utf8'))
}

export type Files = Readonly<Record<string, string | Uint8Array>>

/** An archive, by another writer than ours. */
export async function zipOf(files: Files): Promise<Buffer> {
  const zip = new yazl.ZipFile()
  for (const [name, content] of Object.entries(files)) {
    zip.addBuffer(Buffer.from(content), name, {
      mtime: new Date(2024, 1, 2),
      compress: name.endsWith('.json'),
    })
  }
  zip.end()
  const parts: Buffer[] = []
  for await (const part of zip.outputStream) parts.push(Buffer.from(part))
  return Buffer.concat(parts)
}

/** Changes what an archive says of one of its files, in both places where it says so. */
export function withField(zip: Buffer, name: string, change: (header: Buffer, at: number) => void): Buffer {
  const copy = Buffer.from(zip)
  for (let at = 0; at + 46 < copy.length; at += 1) {
    if (copy.readUInt32LE(at) !== 0x02014b50) continue
    const length = copy.readUInt16LE(at + 28)
    if (copy.toString('utf8', at + 46, at + 46 + length) === name) change(copy, at)
  }
  return copy
}
