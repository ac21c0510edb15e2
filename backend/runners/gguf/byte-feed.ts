import { type Parser, type Want } from './parser.ts'

/** Where bytes come from, one piece after another. Its end is an empty piece. */
export interface ByteSource {
  /** The next bytes, as many as are convenient. */
  next(): Promise<Uint8Array>
  /** Goes past bytes that nobody wants to see. */
  skip(bytes: number): void
}

export interface Parsed<Result> {
  readonly result: Result
  /** How many bytes it took. */
  readonly endBytes: number
}

/** What ends a parser whose bytes run out or grow too many. */
export interface FeedLimits {
  readonly maxBytes: number
  readonly onTooLong: () => Error
  /** @param atBytes where there should have been more. */
  readonly onEnd: (atBytes: number) => Error
}

/** Feeds a parser from a source. */
export async function feed<Result>(
  parser: Parser<Result>,
  source: ByteSource,
  limits: FeedLimits,
): Promise<Parsed<Result>> {
  let piece: Uint8Array = new Uint8Array()
  let at = 0
  let endBytes = 0
  let step = parser.next(NOTHING)
  while (!step.done) {
    const { type, bytes } = step.value
    if (endBytes + bytes > limits.maxBytes) throw limits.onTooLong()
    if (type === 'take' && piece.length - at < bytes) {
      piece = await collect(source, piece.subarray(at), bytes)
      at = 0
      if (piece.length < bytes) throw limits.onEnd(endBytes + piece.length)
    }
    endBytes += bytes
    const beyond = at + bytes - piece.length
    if (beyond > 0) source.skip(beyond)
    step = parser.next(type === 'take' ? piece.subarray(at, at + bytes) : NOTHING)
    at = Math.min(at + bytes, piece.length)
  }
  return { result: step.value, endBytes }
}

const NOTHING = new Uint8Array()

/** @returns what there is of `wanted` bytes, and what came along. */
async function collect(source: ByteSource, rest: Uint8Array, wanted: Want['bytes']): Promise<Uint8Array> {
  const pieces = [rest]
  let length = rest.length
  while (length < wanted) {
    const next = await source.next()
    if (next.length === 0) break
    pieces.push(next)
    length += next.length
  }
  return pieces.length === 1 ? rest : Buffer.concat(pieces)
}
