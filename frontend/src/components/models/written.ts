import { parsed } from './follow-events.ts'

/** Values that are written as text while they are changed. */

interface Read {
  readonly value: unknown
  /** It is no JSON (yet). */
  readonly isBroken: boolean
}

/** Nothing written is nothing set. A list has one entry a line. */
export function readWritten(text: string, isJson: boolean): Read {
  if (text.trim() === '') return { value: undefined, isBroken: false }
  if (isJson) {
    const value = parsed(text)
    return { value, isBroken: value === undefined }
  }
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  return { value: lines, isBroken: false }
}

export function writtenAs(value: unknown, isJson: boolean): string {
  if (value === undefined) return ''
  if (isJson || !Array.isArray(value)) return JSON.stringify(value, null, 2)
  return value.map(String).join('\n')
}
