import { GgufError } from './gguf-error.ts'

/**
 * A parser asks for the next bytes, or to go past them, and is given the bytes it asked for (valid until it asks
 * again). It knows nothing of files, so it can be tested on any bytes in any pieces.
 */
export type Parser<Result> = Generator<Want, Result, Uint8Array>

export interface Want {
  readonly type: 'take' | 'skip'
  readonly bytes: number
}

export function* take(bytes: number): Parser<Uint8Array> {
  return yield { type: 'take', bytes }
}

export function* skip(bytes: number): Parser<void> {
  if (bytes > 0) yield { type: 'skip', bytes }
}

export function* readUint32(): Parser<number> {
  const bytes = yield { type: 'take', bytes: 4 }
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true)
}

export function* readUint64(): Parser<number> {
  const bytes = yield { type: 'take', bytes: 8 }
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8)
  return view.getUint32(4, true) * 2 ** 32 + view.getUint32(0, true)
}

/** @throws GgufError if there are more than there can be. */
export function* readCount(what: string, max: number): Parser<number> {
  const count = yield* readUint64()
  if (count > max) throw new GgufError(`It claims to have ${count} ${what}, which cannot be`)
  return count
}

export function* readKey(maxBytes: number): Parser<string> {
  return yield* readText(maxBytes, 'a name')
}

/** @param what is being read, for the message. @throws GgufError if it is longer than `maxBytes`. */
export function* readText(maxBytes: number, what: string): Parser<string> {
  const length = yield* readUint64()
  if (length > maxBytes) {
    throw new GgufError(`Its text for ${JSON.stringify(what.slice(0, 100))} is too long: ${length} bytes`)
  }
  if (length === 0) return ''
  return decoder.decode(yield { type: 'take', bytes: length })
}

export function* skipText(): Parser<void> {
  const bytes = yield* readUint64()
  if (bytes > 0) yield { type: 'skip', bytes }
}

/** Never fails: what is no text is shown as far as it is. */
const decoder = new TextDecoder()
