/** Signed 16-bit ↔ −1 … 1. There and back again changes nothing. */

const FULL_SCALE = 32_768

export function toFloat(pcm: Int16Array): Float32Array<ArrayBuffer> {
  const samples = new Float32Array(pcm.length)
  for (let i = 0; i < pcm.length; i++) samples[i] = (pcm[i] ?? 0) / FULL_SCALE
  return samples
}

/** Clips what is too loud. */
export function toInt16(sample: number): number {
  return Math.max(-FULL_SCALE, Math.min(FULL_SCALE - 1, Math.round(sample * FULL_SCALE)))
}

/** Root mean square, 0 … 1. */
export function rms(samples: Float32Array): number {
  let sum = 0
  for (const sample of samples) sum += sample * sample
  return samples.length === 0 ? 0 : Math.sqrt(sum / samples.length)
}

/** A level as a meter shows it: 0 is −60 dB and below, 1 is −6 dB and above. */
export function toMeter(level: number): number {
  const db = 20 * Math.log10(Math.max(level, 1e-6))
  return Math.max(0, Math.min(1, (db + 60) / 54))
}
