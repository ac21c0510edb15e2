/** Telephone audio: ITU-T G.711, one byte a sample at 8 kHz, in the companding laws of America (µ) and of Europe (A). */

export interface Law {
  encode(samples: Int16Array): Uint8Array
  decode(bytes: Uint8Array): Int16Array
}

const MU_BIAS = 0x84
const MU_CLIP = 32_635
/** Every second bit of an A-law byte is turned, so that silence is no long run of zeros. */
const A_TURNED = 0x55

export const muLaw: Law = lawOf(muLawByte, muLawSample)
export const aLaw: Law = lawOf(aLawByte, aLawSample)

function lawOf(byteOf: (sample: number) => number, sampleOf: (byte: number) => number): Law {
  const table = Int16Array.from({ length: 256 }, (_, byte) => sampleOf(byte))
  return {
    encode: (samples) => Uint8Array.from(samples, byteOf),
    decode: (bytes) => Int16Array.from(bytes, (byte) => table[byte] ?? 0),
  }
}

function muLawByte(sample: number): number {
  const magnitude = Math.min(Math.abs(sample), MU_CLIP) + MU_BIAS
  const exponent = 24 - Math.clz32(magnitude)
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f
  return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff
}

function muLawSample(byte: number): number {
  const plain = ~byte & 0xff
  const exponent = (plain >> 4) & 0x07
  const magnitude = ((((plain & 0x0f) << 3) + MU_BIAS) << exponent) - MU_BIAS
  return (plain & 0x80) === 0 ? magnitude : -magnitude
}

function aLawByte(sample: number): number {
  // Negative samples lie one step lower: -1 is the first of them.
  const magnitude = sample < 0 ? -sample - 1 : sample
  const exponent = Math.max(0, 24 - Math.clz32(magnitude))
  const mantissa = (magnitude >> Math.max(4, exponent + 3)) & 0x0f
  return ((sample < 0 ? 0 : 0x80) | (exponent << 4) | mantissa) ^ A_TURNED
}

function aLawSample(byte: number): number {
  const plain = byte ^ A_TURNED
  const exponent = (plain >> 4) & 0x07
  const mantissa = (plain & 0x0f) << 4
  const magnitude = exponent === 0 ? mantissa + 8 : (mantissa + 0x108) << (exponent - 1)
  return (plain & 0x80) === 0 ? -magnitude : magnitude
}
