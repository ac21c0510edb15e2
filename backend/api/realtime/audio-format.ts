import { z } from 'zod'
import { aLaw, muLaw } from '../../lib/g711.ts'
import { bytesOf, samplesOf } from '../../lib/pcm.ts'
import { resampled } from '../../lib/resample.ts'

/** How sound is written on the wire. */
export const AudioFormat = z.union([
  z.object({ type: z.literal('audio/pcm'), rate: z.literal(24_000).default(24_000) }),
  z.object({ type: z.literal('audio/pcmu') }),
  z.object({ type: z.literal('audio/pcma') }),
])
export type AudioFormat = z.infer<typeof AudioFormat>

export const PCM: AudioFormat = { type: 'audio/pcm', rate: 24_000 }

const CODECS = {
  'audio/pcm': { rate: 24_000, decode: samplesOf, encode: bytesOf },
  'audio/pcmu': { rate: 8_000, ...muLaw },
  'audio/pcma': { rate: 8_000, ...aLaw },
} satisfies Record<AudioFormat['type'], unknown>

const MAX_CONVERTED_MS = 20_000

/** Samples per second. */
export function rateOf({ type }: AudioFormat): number {
  return CODECS[type].rate
}

export function decodedAudio(base64: string, { type }: AudioFormat): Int16Array {
  return CODECS[type].decode(Buffer.from(base64, 'base64'))
}

export function encodedAudio(samples: Int16Array, { type }: AudioFormat): string {
  const bytes = CODECS[type].encode(samples)
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

/** Sound that is kept: in pieces, as it came. */
export class Sound {
  readonly rate: number
  readonly #pieces: Int16Array[] = []
  #samples = 0

  constructor(rate: number, samples?: Int16Array) {
    this.rate = rate
    if (samples) this.add(samples)
  }

  get durationMs(): number {
    return (this.#samples * 1000) / this.rate
  }

  get sizeBytes(): number {
    return this.#samples * 2
  }

  add(samples: Int16Array): void {
    if (samples.length === 0) return
    this.#pieces.push(samples)
    this.#samples += samples.length
  }

  /** The samples between two moments. */
  slice(fromMs: number, toMs: number): Int16Array {
    const whole = this.#whole()
    const at = (ms: number): number =>
      Math.min(whole.length, Math.max(0, Math.round((ms * this.rate) / 1000)))
    return whole.slice(at(fromMs), at(toMs))
  }

  /** Forgets what comes after, or before, a moment. */
  cut({ fromMs = 0, toMs = Infinity }: { fromMs?: number; toMs?: number }): void {
    const kept = this.slice(fromMs, Math.min(toMs, this.durationMs))
    this.#pieces.length = 0
    this.#samples = 0
    this.add(kept)
  }

  /** As it is sent; empty if it is kept in another format and too long to convert while others wait. */
  written(format: AudioFormat): string {
    const toRate = rateOf(format)
    if (toRate !== this.rate && this.durationMs > MAX_CONVERTED_MS) return ''
    return encodedAudio(resampled(this.#whole(), { fromRate: this.rate, toRate }), format)
  }

  #whole(): Int16Array {
    const [only] = this.#pieces
    if (this.#pieces.length === 1 && only) return only
    const whole = new Int16Array(this.#samples)
    let at = 0
    for (const piece of this.#pieces) {
      whole.set(piece, at)
      at += piece.length
    }
    this.#pieces.splice(0, this.#pieces.length, whole)
    return whole
  }
}
