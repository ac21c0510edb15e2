import { AppError } from '../errors.ts'

/** A picture may be in a line; a film may not. */
const MAX_LINE_BYTES = 64 * 1024 * 1024

const NEWLINE = 0x0a

/**
 * The lines of a file, each with what ends it, as many at once as have come in.
 * @throws AppError `invalid` if a line does not end.
 */
export async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer[]> {
  let begun: Buffer[] = []
  let begunBytes = 0
  for await (const piece of pieces) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
    const lines: Buffer[] = []
    let start = 0
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      lines.push(Buffer.concat([...begun, bytes.subarray(start, end + 1)]))
      begun = []
      begunBytes = 0
      start = end + 1
    }
    // Copied, as whoever reads the file may use the piece again.
    begun.push(Buffer.from(bytes.subarray(start)))
    begunBytes += bytes.length - start
    if (begunBytes > MAX_LINE_BYTES) {
      throw new AppError('invalid', 'One of its lines is longer than 64 MiB; it is no chat')
    }
    if (lines.length > 0) yield lines
  }
  const last = Buffer.concat(begun)
  if (last.length > 0) yield [last]
}
