import { amplified, fadeEdges, peakOf } from '../../../lib/pcm.ts'
import { resampled } from '../../../lib/resample.ts'
import { alignWords, type Span } from './alignment.ts'
import { type FliteCommand, type FliteSpeech } from './flite-command.ts'
import { type PieceEnding } from './pieces.ts'
import { type VoicePlan } from './voices.ts'

export const FLITE_SAMPLE_RATE = 16_000

export interface PieceRequest {
  /** What flite reads for each unit; '' is silent. */
  readonly readings: readonly string[]
  readonly isFirst: boolean
  readonly ending: PieceEnding
  readonly plan: VoicePlan
}

export interface PieceSpeech {
  /** PCM16 mono at `FLITE_SAMPLE_RATE`. */
  readonly samples: Int16Array<ArrayBuffer>
  /** When each unit is heard, in samples of this piece. */
  readonly spans: readonly Span[]
}

/** Speaks one piece; blocks the thread. */
export function speakPiece(command: FliteCommand, request: PieceRequest): PieceSpeech {
  const { voice, stretch, pitchHz } = request.plan
  const text = request.readings.filter((reading) => reading !== '').join(' ')
  const speech = atPlaybackRate(command.speak({ text, voice, stretch, pitchHz }), request.plan.playbackRate)
  const frame = frameOf(speech, request)
  const samples = leveled(framed(speech.samples, frame), request.plan.gain)
  fadeEdges(samples, FADE_SAMPLES)
  const spans = alignWords(request.readings, speech.phones).map(({ start, end }) => ({
    start: within(samplesIn(start) - frame.start, samples.length),
    end: within(samplesIn(end) - frame.start, samples.length),
  }))
  return { samples, spans }
}

const FADE_SAMPLES = samplesIn(0.005)
const LOUDEST = 30_000

/** Silence kept in front; flite leaves about 200 ms. */
const LEAD_SECONDS = { first: 0.06, later: 0.02 }
/** Silence behind: a breath between sentences, a moment between clauses, nearly none where a clause was cut. */
const TAIL_SECONDS: Readonly<Record<PieceEnding, number>> = { text: 0.16, clause: 0.1, cut: 0.01 }

/** Which part of the samples is kept; it may lie beyond their end, in silence. */
interface Frame {
  readonly start: number
  readonly end: number
}

function frameOf({ phones }: FliteSpeech, { isFirst, ending }: PieceRequest): Frame {
  const firstSound = phones.findIndex(({ name }) => name !== PAUSE)
  if (firstSound < 0) return { start: 0, end: 0 }
  const soundStart = phones[firstSound - 1]?.endSeconds ?? 0
  const soundEnd = phones.findLast(({ name }) => name !== PAUSE)?.endSeconds ?? soundStart
  const lead = isFirst ? LEAD_SECONDS.first : LEAD_SECONDS.later
  return {
    start: Math.max(0, samplesIn(soundStart - lead)),
    end: samplesIn(soundEnd + TAIL_SECONDS[ending]),
  }
}

const PAUSE = 'pau'

function framed(samples: Int16Array, { start, end }: Frame): Int16Array {
  const kept = new Int16Array(end - start)
  kept.set(samples.subarray(start, end))
  return kept
}

/** Played faster, everything is higher and shorter; then brought back to the engine's sample rate. */
function atPlaybackRate(speech: FliteSpeech, playbackRate: number): FliteSpeech {
  const fromRate = Math.round(speech.sampleRate * playbackRate)
  return {
    sampleRate: FLITE_SAMPLE_RATE,
    samples: resampled(speech.samples, { fromRate, toRate: FLITE_SAMPLE_RATE }),
    phones: speech.phones.map(({ name, endSeconds }) => ({ name, endSeconds: endSeconds / playbackRate })),
  }
}

function leveled(samples: Int16Array, gain: number): Int16Array<ArrayBuffer> {
  return amplified(samples, Math.min(gain, LOUDEST / Math.max(1, peakOf(samples))))
}

function samplesIn(seconds: number): number {
  return Math.round(seconds * FLITE_SAMPLE_RATE)
}

function within(position: number, length: number): number {
  return Math.min(length, Math.max(0, position))
}
