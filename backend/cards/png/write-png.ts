import { chunksOf, madeChunk, type Chunk } from './chunks.ts'
import { textChunk } from './text-chunk.ts'

const CARD_KEYWORDS = new Set(['chara', 'ccv3'])

/**
 * Puts cards into a PNG: all other chunks, and what stands behind its end, keep their bytes. The same cards give the
 * same file.
 * @param cards the text of each, by keyword, in the order in which they are to stand.
 */
export function withCards(png: Uint8Array, cards: readonly (readonly [string, string])[]): Uint8Array {
  const { chunks } = chunksOf(png)
  const parts: Uint8Array[] = [png.subarray(0, chunks[0]?.start ?? 8)]
  const made = cards.map(([keyword, text]) => cardChunk(keyword, text))
  let end = chunks[0]?.start ?? 8
  for (const chunk of chunks) {
    if (chunk.type === 'IEND') parts.push(...made)
    if (!isCardChunk(chunk)) parts.push(png.subarray(chunk.start, chunk.end))
    end = chunk.end
  }
  if (chunks.at(-1)?.type !== 'IEND') parts.push(...made)
  parts.push(png.subarray(end))
  return Buffer.concat(parts)
}

function isCardChunk(chunk: Chunk): boolean {
  return CARD_KEYWORDS.has(textChunk(chunk)?.keyword.toLowerCase() ?? '')
}

function cardChunk(keyword: string, text: string): Buffer {
  const base64 = Buffer.from(text, 'utf8').toString('base64')
  return madeChunk('tEXt', Buffer.from(`${keyword}\0${base64}`, 'latin1'))
}
