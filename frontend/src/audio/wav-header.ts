/** Mono 16-bit PCM in a RIFF/WAVE file. */

export const MOST_HEADER_BYTES = 4_096
const HEADER_BYTES = 44

/** @returns undefined while the header is not whole, or if it is none of a WAV. */
export function readHeader(bytes: Uint8Array): { sampleRate: number; dataFrom: number } | undefined {
  if (bytes.length < HEADER_BYTES || tagAt(bytes, 0) !== 'RIFF' || tagAt(bytes, 8) !== 'WAVE')
    return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let sampleRate: number | undefined
  for (let at = 12; at + 8 <= bytes.length; at += 8 + view.getUint32(at + 4, true)) {
    if (tagAt(bytes, at) === 'fmt ' && at + 16 <= bytes.length) sampleRate = view.getUint32(at + 12, true)
    if (tagAt(bytes, at) === 'data' && sampleRate !== undefined) return { sampleRate, dataFrom: at + 8 }
  }
  return undefined
}

/** Samples as a file. */
export function wavFile(samples: Int16Array<ArrayBuffer>, sampleRate: number): Blob {
  const header = new DataView(new ArrayBuffer(HEADER_BYTES))
  const tag = (at: number, text: string): void => {
    for (let index = 0; index < text.length; index++) header.setUint8(at + index, text.charCodeAt(index))
  }
  tag(0, 'RIFF')
  header.setUint32(4, HEADER_BYTES - 8 + samples.byteLength, true)
  tag(8, 'WAVEfmt ')
  header.setUint32(16, 16, true)
  header.setUint16(20, 1, true)
  header.setUint16(22, 1, true)
  header.setUint32(24, sampleRate, true)
  header.setUint32(28, sampleRate * 2, true)
  header.setUint16(32, 2, true)
  header.setUint16(34, 16, true)
  tag(36, 'data')
  header.setUint32(40, samples.byteLength, true)
  return new Blob([header, samples], { type: 'audio/wav' })
}

function tagAt(bytes: Uint8Array, at: number): string {
  return String.fromCodePoint(...bytes.subarray(at, at + 4))
}
