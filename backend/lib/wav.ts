import { bytesOf, samplesOf } from './pcm.ts'

/** Mono 16-bit PCM in a RIFF/WAVE file, the least common denominator of speech tools. */

export interface Wav {
  readonly sampleRate: number
  readonly samples: Int16Array
}

const HEADER_BYTES = 44

/** @throws Error if the bytes are not mono 16-bit PCM. */
export function decodeWav(bytes: Uint8Array): Wav {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 12 || tagAt(bytes, 0) !== 'RIFF' || tagAt(bytes, 8) !== 'WAVE') {
    throw new Error('Cannot decode WAV: not a RIFF/WAVE file')
  }
  let sampleRate: number | undefined
  for (let at = 12; at + 8 <= bytes.length;) {
    const body = at + 8
    const sizeBytes = view.getUint32(at + 4, true)
    if (tagAt(bytes, at) === 'fmt ') sampleRate = sampleRateOf(view, body)
    if (tagAt(bytes, at) === 'data' && sampleRate !== undefined) {
      // Writers to pipes do not know the size and put the largest number there: the file's end counts.
      return {
        sampleRate,
        samples: samplesOf(bytes.subarray(body, Math.min(body + sizeBytes, bytes.length))),
      }
    }
    at = body + sizeBytes + (sizeBytes % 2)
  }
  throw new Error('Cannot decode WAV: it has no audio')
}

export function encodeWav({ sampleRate, samples }: Wav): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + samples.length * 2)
  bytes.set(headerOf(sampleRate, samples.length * 2))
  bytes.set(bytesOf(samples), HEADER_BYTES)
  return bytes
}

/** What stands before sound of which nobody knows yet how long it will be. */
export function streamedWavHeader(sampleRate: number): Uint8Array {
  return headerOf(sampleRate, UNKNOWN_BYTES)
}

/** As programs write it to pipes: the largest number that leaves room for the header. */
const UNKNOWN_BYTES = 0xff_ff_ff_ff - HEADER_BYTES

function headerOf(sampleRate: number, sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES)
  const view = new DataView(bytes.buffer)
  bytes.set(new TextEncoder().encode('RIFF    WAVEfmt '))
  view.setUint32(4, HEADER_BYTES - 8 + sizeBytes, true)
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, sampleRate, true)
  view.setUint32(28, sampleRate * 2, true)
  view.setUint16(32, 2, true)
  view.setUint16(34, 16, true)
  bytes.set(new TextEncoder().encode('data'), 36)
  view.setUint32(40, sizeBytes, true)
  return bytes
}

function tagAt(bytes: Uint8Array, at: number): string {
  return String.fromCodePoint(...bytes.subarray(at, at + 4))
}

const PCM = 1
/** Says the same by a long identifier; for mono 16-bit it means plain PCM. */
const EXTENSIBLE = 0xff_fe

function sampleRateOf(view: DataView, at: number): number {
  if (view.byteLength < at + 16) throw new Error('Cannot decode WAV: its format is cut off')
  const format = view.getUint16(at, true)
  const channels = view.getUint16(at + 2, true)
  const bits = view.getUint16(at + 14, true)
  if ((format !== PCM && format !== EXTENSIBLE) || channels !== 1 || bits !== 16) {
    throw new Error(
      `Cannot decode WAV: expected mono 16-bit PCM, received format ${format}, ${channels} channels, ${bits} bits`,
    )
  }
  return view.getUint32(at + 4, true)
}
