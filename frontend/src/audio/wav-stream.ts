import { MOST_HEADER_BYTES, readHeader } from './wav-header.ts'

/** A piece of a WAV file, as it arrives. */
export interface WavPiece {
  readonly sampleRate: number
  readonly pcm: Int16Array<ArrayBuffer>
}

/**
 * The sound of a WAV file (mono, 16-bit) while it is still being made.
 * @throws Error if it is none.
 */
export async function* wavPieces(body: ReadableStream<Uint8Array>): AsyncGenerator<WavPiece> {
  let waiting = new Uint8Array(0)
  let sampleRate: number | undefined
  for await (const bytes of piecesOf(body)) {
    waiting = joined(waiting, bytes)
    if (sampleRate === undefined) {
      const header = readHeader(waiting)
      if (header === undefined && waiting.length > MOST_HEADER_BYTES)
        throw new Error('Cannot play: this is no WAV')
      if (header === undefined) continue
      sampleRate = header.sampleRate
      waiting = waiting.slice(header.dataFrom)
    }
    const whole = waiting.length - (waiting.length % 2)
    if (whole === 0) continue
    yield { sampleRate, pcm: new Int16Array(waiting.slice(0, whole).buffer) }
    waiting = waiting.slice(whole)
  }
}

/** Not every browser lets a stream be looped over. */
async function* piecesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value
  } finally {
    reader.cancel().catch(() => {})
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(first.length + second.length)
  bytes.set(first)
  bytes.set(second, first.length)
  return bytes
}
