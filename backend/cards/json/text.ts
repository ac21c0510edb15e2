import { AppError } from '../../errors.ts'
import { MAX_PLAIN_CARD_BYTES } from '../limits.ts'
import { type Report } from '../report.ts'

/** A JSON text, and what stood around it in its file. */
export interface JsonText {
  /** All of it. */
  readonly whole: string
  /** Where the JSON begins and ends in it: byte order marks and the zeros of careless writers are outside. */
  readonly start: number
  readonly end: number
}

/** Bytes as text: UTF-8, or UTF-16 if a byte order mark says so. */
export function decoded(bytes: Uint8Array, report: Report): string {
  if (bytes.length > MAX_PLAIN_CARD_BYTES) {
    throw new AppError('invalid', `This file is too large to be a card: ${bytes.length} bytes of text`)
  }
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8'
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    report.ignored(['file'], 'Some of its bytes are no text in UTF-8; they are shown as \uFFFD')
    return new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes)
  }
}

export function trimmed(whole: string, report: Report): JsonText {
  const [before = ''] = /^[\s\uFEFF\0]*/.exec(whole) ?? []
  let end = whole.length
  while (end > before.length && /[\s\uFEFF\0]/.test(whole.charAt(end - 1))) end -= 1
  if (before.includes('\uFEFF')) {
    report.repaired(['file'], 'byte order mark skipped', { from: 'U+FEFF', to: '' })
  }
  if (/\0/.test(before + whole.slice(end))) {
    report.repaired(['file'], 'zeros around the text skipped', { from: 'U+0000', to: '' })
  }
  return { whole, start: before.length, end }
}

/**
 * Reads JSON as it is written by hand and by careless programs, too.
 * @returns the value, and the text that JSON.parse takes: the same unless it had to be mended.
 */
export function parseJson(text: string, report: Report): { readonly value: unknown; readonly text: string } {
  try {
    return { value: JSON.parse(text), text }
  } catch (cause) {
    const mended = mendedJson(text)
    try {
      const value: unknown = JSON.parse(mended)
      report.repaired(['file'], 'mended JSON: line breaks inside texts, commas before a bracket', {
        from: 'invalid JSON',
        to: 'JSON',
      })
      return { value, text: mended }
    } catch {
      const detail = cause instanceof Error ? cause.message.slice(0, 200) : ''
      throw new AppError('invalid', `The card's JSON cannot be read: ${detail}`, { cause })
    }
  }
}

/** Escapes control characters inside of strings, and drops commas that nothing follows. */
function mendedJson(text: string): string {
  return text.replaceAll(/"(?:[^"\\]|\\[^])*"|,(?=\s*[}\]])/g, (found) =>
    found === ',' ? '' : found.replaceAll(/\p{Cc}/gu, escaped),
  )
}

function escaped(letter: string): string {
  // Letters from U+007F on are allowed as they are.
  return letter < ' ' ? JSON.stringify(letter).slice(1, -1) : letter
}
