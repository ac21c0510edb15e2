import { open } from 'node:fs/promises'
import { CliError, EXIT, reasonOf } from './exit.ts'

/** UTF-8 needs no more for a character. */
const MAX_BYTES_PER_CHARACTER = 4
const SNIFFED_BYTES = 8_000

/**
 * The beginning of a text file.
 * @returns undefined if it is no text.
 * @throws CliError if it cannot be read.
 */
export async function readText(path: string, maxCharacters: number): Promise<string | undefined> {
  try {
    const file = await open(path, 'r')
    try {
      const { size } = await file.stat()
      const buffer = Buffer.alloc(Math.min(size, maxCharacters * MAX_BYTES_PER_CHARACTER))
      const { bytesRead } = await file.read(buffer, 0, buffer.length, 0)
      const bytes = buffer.subarray(0, bytesRead)
      if (bytes.subarray(0, SNIFFED_BYTES).includes(0)) return undefined
      // A character that was cut in two at the end is left out.
      return new TextDecoder().decode(bytes, { stream: true }).slice(0, maxCharacters)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw new CliError(EXIT.failure, `Cannot read the context ${path}: ${reasonOf(error)}`, { cause: error })
  }
}
