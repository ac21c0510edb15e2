/** Mono PCM, signed 16-bit. */

/** Puts samples together from bytes that arrive in pieces of any length, odd ones too. Little-endian. */
export class PcmReader {
  #carry: number | undefined

  /** The samples completed by these bytes; a last odd byte waits for the next call. */
  push(bytes: Uint8Array): Int16Array {
    const hasCarry = this.#carry !== undefined
    const total = bytes.length + (hasCarry ? 1 : 0)
    const whole = new Uint8Array(total)
    if (this.#carry !== undefined) whole[0] = this.#carry
    whole.set(bytes, hasCarry ? 1 : 0)
    this.#carry = total % 2 === 1 ? whole[total - 1] : undefined
    return samplesOf(whole)
  }
}

/** Little-endian bytes as samples, whatever their alignment; a last odd byte is left out. */
export function samplesOf(bytes: Uint8Array): Int16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const samples = new Int16Array(Math.floor(bytes.byteLength / 2))
  for (let index = 0; index < samples.length; index += 1) samples[index] = view.getInt16(index * 2, true)
  return samples
}

/** Samples as little-endian bytes. */
export function bytesOf(samples: Int16Array): Uint8Array {
  const bytes = new Uint8Array(samples.length * 2)
  const view = new DataView(bytes.buffer)
  for (const [index, sample] of samples.entries()) view.setInt16(index * 2, sample, true)
  return bytes
}

export function toSample(value: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(value)))
}

/** The largest absolute value. */
export function peakOf(samples: Int16Array): number {
  let peak = 0
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample))
  return peak
}

export function amplified(samples: Int16Array, gain: number): Int16Array<ArrayBuffer> {
  return samples.map((sample) => toSample(sample * gain))
}

/** Ramps the first and the last `fadeSamples` from and to silence, in place, so that an edge does not click. */
export function fadeEdges(samples: Int16Array, fadeSamples: number): void {
  const length = Math.min(fadeSamples, Math.floor(samples.length / 2))
  for (let index = 0; index < length; index += 1) {
    const gain = index / length
    const mirrored = samples.length - 1 - index
    samples[index] = toSample((samples[index] ?? 0) * gain)
    samples[mirrored] = toSample((samples[mirrored] ?? 0) * gain)
  }
}
