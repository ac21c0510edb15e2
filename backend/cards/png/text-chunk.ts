import { inflateSync } from 'node:zlib'
import { MAX_INFLATED_CARD_BYTES, MAX_PLAIN_CARD_BYTES } from '../limits.ts'
import { type Chunk } from './chunks.ts'

/** A text that a PNG carries. */
export interface TextChunk {
  readonly chunk: Chunk
  readonly keyword: string
  /** Its bytes, inflated on demand: undefined if they are broken, or too many. */
  bytes(): Uint8Array | undefined
}

const TEXT_TYPES = new Set(['tEXt', 'zTXt', 'iTXt'])
const MAX_KEYWORD = 300

/** base64 takes four letters for three bytes. */
const MAX_INFLATED = Math.ceil((MAX_INFLATED_CARD_BYTES * 4) / 3) + 1024

/** @returns undefined if it is no text, or has no keyword. */
export function textChunk(chunk: Chunk): TextChunk | undefined {
  if (!TEXT_TYPES.has(chunk.type)) return undefined
  const { data } = chunk
  const keywordEnd = data.subarray(0, MAX_KEYWORD).indexOf(0)
  if (keywordEnd <= 0) return undefined
  const keyword = Buffer.from(data.subarray(0, keywordEnd)).toString('latin1')
  return { chunk, keyword, bytes: () => textBytes(chunk.type, data, keywordEnd + 1) }
}

function textBytes(type: string, data: Uint8Array, start: number): Uint8Array | undefined {
  if (type === 'tEXt') return withinLimit(data.subarray(start))
  if (type === 'zTXt') return inflated(data.subarray(start + 1))
  // iTXt: whether it is packed, how, its language, and its keyword in that language.
  const isPacked = data[start] === 1
  const languageEnd = data.indexOf(0, start + 2)
  const translatedEnd = languageEnd === -1 ? -1 : data.indexOf(0, languageEnd + 1)
  if (translatedEnd === -1) return undefined
  const text = data.subarray(translatedEnd + 1)
  return isPacked ? inflated(text) : withinLimit(text)
}

function withinLimit(text: Uint8Array): Uint8Array | undefined {
  return text.length <= MAX_PLAIN_CARD_BYTES * 2 ? text : undefined
}

function inflated(packed: Uint8Array): Uint8Array | undefined {
  try {
    return inflateSync(packed, { maxOutputLength: MAX_INFLATED })
  } catch {
    return undefined
  }
}
