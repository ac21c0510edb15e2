import { Resampler } from '../../frontend/src/audio/resampler.ts'

/** Comparing what was rendered with what was sent. Searching is done at 4 kHz: a quarter of a millisecond fine. */

const SEARCH_HZ = 4_000
const STEP_MS = 250
const LOUD = 500
const SILENT = 60
const LONG_SILENCE_MS = 400
/** Another voice, or the same with a hole in it, stays far below. */
export const ALIKE = 0.75

/** Sound that was found again somewhere else. */
export interface Found {
  /** Milliseconds from the beginning of what was searched. */
  readonly atMs: number
  /** -1 … 1: how alike they are, loudness aside. */
  readonly likeness: number
}

/** A piece of what was sent, and where it was heard. */
export interface HeardPiece extends Found {
  readonly sentMs: number
}

export function atSearchRate(pcm: Int16Array, fromHz: number): Float32Array {
  const resampler = new Resampler({ fromHz, toHz: SEARCH_HZ })
  const start = resampler.process(Float32Array.from(pcm))
  const end = resampler.flush()
  const whole = new Float32Array(start.length + end.length)
  whole.set(start)
  whole.set(end, start.length)
  return whole
}

/** Where in `sound` the piece is most alike. All at the search rate. */
export function find(
  piece: Float32Array,
  sound: Float32Array,
  range?: { fromMs: number; toMs: number },
): Found {
  const last = sound.length - piece.length
  const from = Math.max(0, Math.round(((range?.fromMs ?? 0) * SEARCH_HZ) / 1_000))
  const to = Math.min(last, Math.round(((range?.toMs ?? Infinity) * SEARCH_HZ) / 1_000))
  let best = { at: from, likeness: -1 }
  for (let at = from; at <= to; at += 1) {
    const likeness = likenessAt(piece, sound, at)
    if (likeness > best.likeness) best = { at, likeness }
  }
  return { atMs: (best.at * 1_000) / SEARCH_HZ, likeness: best.likeness }
}

/** Finds the loud pieces of what was sent, one after another, in what was rendered. All at the search rate. */
export function heardPieces(sent: Float32Array, rendered: Float32Array): HeardPiece[] {
  const step = (STEP_MS * SEARCH_HZ) / 1_000
  const pieces: HeardPiece[] = []
  for (let start = 0; start + step <= sent.length; start += step) {
    const piece = sent.subarray(start, start + step)
    if (rootMeanSquare(piece) < LOUD) continue
    const sentMs = (start * 1_000) / SEARCH_HZ
    const before = pieces.at(-1)
    const expectedMs = before && before.atMs + sentMs - before.sentMs
    const range = expectedMs === undefined ? undefined : { fromMs: expectedMs - 50, toMs: expectedMs + 600 }
    pieces.push({ sentMs, ...find(piece, rendered, range) })
  }
  return pieces
}

const isLoud = (sample: number): boolean => Math.abs(sample) > 200

/** First and last moment with sound in it. */
export function loudSpan(pcm: Int16Array, sampleRate: number): { fromMs: number; toMs: number } {
  return {
    fromMs: (pcm.findIndex(isLoud) * 1_000) / sampleRate,
    toMs: (pcm.findLastIndex(isLoud) * 1_000) / sampleRate,
  }
}

/**
 * Where sound that was heard broke off: its last moment before a long silence.
 * @param pieces of what was sent, as they were found in `rendered`
 * @returns milliseconds of what was sent that were heard, and of `rendered`
 */
export function brokeOff(
  pieces: readonly HeardPiece[],
  rendered: Float32Array,
): { sentMs: number; atMs: number } {
  const last = pieces.findLast(({ likeness }) => likeness > ALIKE)
  if (!last) throw new Error('Nothing of it was heard')
  const silence = (LONG_SILENCE_MS * SEARCH_HZ) / 1_000
  let end = Math.round((last.atMs * SEARCH_HZ) / 1_000)
  for (let at = end; at < rendered.length && at - end < silence; at += 1) {
    if (Math.abs(rendered[at] ?? 0) > SILENT) end = at
  }
  const atMs = (end * 1_000) / SEARCH_HZ
  return { atMs, sentMs: atMs - last.atMs + last.sentMs }
}

/** How long, from a moment on, nothing is heard. */
export function silenceFrom(atMs: number, rendered: Float32Array): number {
  const from = Math.ceil((atMs * SEARCH_HZ) / 1_000) + 1
  const next = rendered.subarray(from).findIndex((sample) => Math.abs(sample) > SILENT)
  return ((next === -1 ? rendered.length - from : next) * 1_000) / SEARCH_HZ
}

/** How high a voice is, in hertz: the median over what is voiced. @param voice at the search rate */
export function pitchOf(voice: Float32Array): number {
  const window = SEARCH_HZ / 20
  const pitches: number[] = []
  for (let start = 0; start + 2 * window <= voice.length; start += window) {
    const piece = voice.subarray(start, start + window)
    if (rootMeanSquare(piece) < LOUD) continue
    const later = find(piece, voice.subarray(start, start + 2 * window), { fromMs: 3.3, toMs: 15 })
    if (later.likeness > 0.8) pitches.push(1_000 / later.atMs)
  }
  return pitches.toSorted((one, other) => one - other)[Math.floor(pitches.length / 2)] ?? 0
}

function likenessAt(piece: Float32Array, sound: Float32Array, at: number): number {
  let product = 0
  let pieceEnergy = 1e-9
  let soundEnergy = 1e-9
  for (let index = 0; index < piece.length; index += 1) {
    const one = piece[index] ?? 0
    const other = sound[at + index] ?? 0
    product += one * other
    pieceEnergy += one * one
    soundEnergy += other * other
  }
  return product / Math.sqrt(pieceEnergy * soundEnergy)
}

function rootMeanSquare(samples: Float32Array): number {
  let energy = 0
  for (const sample of samples) energy += sample * sample
  return Math.sqrt(energy / samples.length)
}
