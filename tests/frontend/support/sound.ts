/** A sine of `count` samples, −1 … 1. */
export function sine(options: { hz: number; rate: number; count: number; amplitude?: number }) {
  const { hz, rate, count, amplitude = 0.5 } = options
  return Float32Array.from({ length: count }, (_, i) => amplitude * Math.sin((2 * Math.PI * hz * i) / rate))
}

/** Samples whose every value tells where it came from: no two in a row are equal, and none is silence. */
export function ramp(count: number, first = 1): Int16Array<ArrayBuffer> {
  return Int16Array.from({ length: count }, (_, i) => 1 + ((first + i * 7) % 30_000))
}

/** How much louder what was wanted is than everything else, in dB. */
export function signalToNoiseDb(actual: Float32Array, expected: Float32Array): number {
  let signal = 0
  let noise = 0
  for (const [i, value] of expected.entries()) {
    signal += value ** 2
    noise += (value - (actual[i] ?? 0)) ** 2
  }
  return 10 * Math.log10(signal / noise)
}

export function powerDb(samples: Float32Array): number {
  return 10 * Math.log10(samples.reduce((sum, value) => sum + value ** 2, 0) / samples.length)
}
