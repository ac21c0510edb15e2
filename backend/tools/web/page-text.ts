import { setImmediate as nextTick } from 'node:timers/promises'
import { Parser } from 'htmlparser2'
import { PageWriter } from './page-writer.ts'

/** One piece takes less than a millisecond; then sound and sockets have their turn. */
const PIECE_BYTES = 4_096

/**
 * Decodes and reads a page in pieces, so that a large one does not hold up what is being said.
 * @param charset a label that TextDecoder knows.
 * @throws the signal's reason.
 */
export async function pageText(bytes: Uint8Array, charset: string, signal: AbortSignal): Promise<PageText> {
  const decoder = new TextDecoder(charset)
  const writer = new PageWriter()
  const parser = new Parser(writer)
  for (let at = 0; at < bytes.length && !writer.isFull; at += PIECE_BYTES) {
    signal.throwIfAborted()
    parser.write(decoder.decode(bytes.subarray(at, at + PIECE_BYTES), { stream: true }))
    await nextTick()
  }
  if (!writer.isFull) parser.end(decoder.decode())
  return writer.text()
}

export interface PageText {
  readonly title: string
  readonly text: string
}

/** The words of a short piece of HTML, as search services send them. */
export function wordsOf(html: string): string {
  const writer = new PageWriter()
  const parser = new Parser(writer)
  parser.write(html)
  parser.end()
  return writer.text().text.replaceAll(/\s+/g, ' ')
}
