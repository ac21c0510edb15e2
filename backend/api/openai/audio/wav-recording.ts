import { macrotask } from '../../../lib/macrotask.ts'
import { samplesOf, toSample } from '../../../lib/pcm.ts'
import { Resampler } from '../../../lib/resample.ts'

/** WAV files of all the kinds that programs write: any rate, any number of channels, whole numbers or floats. */

interface Layout {
  readonly isFloat: boolean
  readonly channels: number
  readonly sampleRate: number
  readonly bits: number
}

const PCM = 1
const FLOAT = 3
/** The format stands further behind. */
const EXTENSIBLE = 0xff_fe
const LOWEST_RATE = 4_000
const HIGHEST_RATE = 192_000
const MAX_CHANNELS = 8
/** Rates that have next to nothing in common need filters of a size nobody waits for. */
const MAX_PHASES = 640
/** What is converted before others get their turn. */
const PIECE_FRAMES = 16_384

export function isWav(bytes: Uint8Array): boolean {
  return bytes.length >= 12 && tagAt(bytes, 0) === 'RIFF' && tagAt(bytes, 8) === 'WAVE'
}

/** All of it as PCM16 mono at this rate. @throws Error that says what is wrong with the file. */
export async function readWav(bytes: Uint8Array, toRate: number): Promise<Int16Array> {
  const { layout, data } = chunksOf(bytes)
  const frameBytes = (layout.bits / 8) * layout.channels
  const frames = Math.floor(data.length / frameBytes)
  const { sampleRate: fromRate } = layout
  if (phasesOf(fromRate, toRate) > MAX_PHASES)
    throw new Error(`the WAV file has ${fromRate} Hz: convert it to 16000`)
  const resampler = fromRate === toRate ? undefined : new Resampler({ fromRate, toRate })
  const pieces: Int16Array[] = []
  for (let frame = 0; frame < frames; frame += PIECE_FRAMES) {
    const piece = data.subarray(frame * frameBytes, Math.min(frames, frame + PIECE_FRAMES) * frameBytes)
    const mono = monoOf(piece, layout)
    pieces.push(resampler ? resampler.push(mono) : mono)
    await macrotask()
  }
  if (resampler) pieces.push(resampler.end())
  return joined(pieces)
}

function chunksOf(bytes: Uint8Array): { layout: Layout; data: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let layout: Layout | undefined
  for (let at = 12; at + 8 <= bytes.length;) {
    const body = at + 8
    const sizeBytes = view.getUint32(at + 4, true)
    if (tagAt(bytes, at) === 'fmt ') layout = layoutAt(view, body)
    if (tagAt(bytes, at) === 'data' && layout) {
      // Writers to pipes do not know the size and put the largest number there: the file's end counts.
      return { layout, data: bytes.subarray(body, Math.min(body + sizeBytes, bytes.length)) }
    }
    at = body + sizeBytes + (sizeBytes % 2)
  }
  throw new Error('the WAV file has no sound in it')
}

function layoutAt(view: DataView, at: number): Layout {
  if (view.byteLength < at + 16) throw new Error('the header of the WAV file is cut off')
  const written = view.getUint16(at, true)
  const isExtended = written === EXTENSIBLE && view.byteLength >= at + 26
  const format = isExtended ? view.getUint16(at + 24, true) : written
  const layout = {
    isFloat: format === FLOAT,
    channels: view.getUint16(at + 2, true),
    sampleRate: view.getUint32(at + 4, true),
    bits: view.getUint16(at + 14, true),
  }
  const { channels, sampleRate, bits } = layout
  const isKnown = format === FLOAT ? bits === 32 : format === PCM && [8, 16, 24, 32].includes(bits)
  if (!isKnown)
    throw new Error(`WAV of format ${format} with ${bits} bits is not known: convert it to 16-bit PCM`)
  if (channels < 1 || channels > MAX_CHANNELS) throw new Error(`the WAV file has ${channels} channels`)
  if (sampleRate < LOWEST_RATE || sampleRate > HIGHEST_RATE)
    throw new Error(`the WAV file has ${sampleRate} Hz`)
  return layout
}

function monoOf(bytes: Uint8Array, layout: Layout): Int16Array {
  const { channels, bits, isFloat } = layout
  if (bits === 16 && channels === 1) return samplesOf(bytes)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const sampleBytes = bits / 8
  const mono = new Int16Array(Math.floor(bytes.length / (sampleBytes * channels)))
  for (let frame = 0; frame < mono.length; frame += 1) {
    let sum = 0
    for (let channel = 0; channel < channels; channel += 1) {
      sum += sampleAt(view, (frame * channels + channel) * sampleBytes, isFloat ? 'float' : bits)
    }
    mono[frame] = toSample(sum / channels)
  }
  return mono
}

/** On the scale of 16 bits. */
function sampleAt(view: DataView, at: number, kind: number | 'float'): number {
  switch (kind) {
    case 8:
      return (view.getUint8(at) - 128) * 256
    case 16:
      return view.getInt16(at, true)
    case 24:
      return view.getInt16(at + 1, true)
    case 32:
      return view.getInt16(at + 2, true)
    default: {
      const value = view.getFloat32(at, true) * 32_767
      return Number.isFinite(value) ? value : 0
    }
  }
}

function phasesOf(fromRate: number, toRate: number): number {
  let [a, b] = [toRate, fromRate]
  while (b !== 0) [a, b] = [b, a % b]
  return toRate / a
}

function joined(pieces: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.length
  }
  return all
}

function tagAt(bytes: Uint8Array, at: number): string {
  return String.fromCodePoint(...bytes.subarray(at, at + 4))
}
