import { AppError } from '../../../errors.ts'
import { withDeadline } from '../../../lib/deadline.ts'
import { macrotask } from '../../../lib/macrotask.ts'
import { Resampler } from '../../../lib/resample.ts'
import { sayAloud } from '../../../pipeline/say-aloud.ts'
import { type DoorDeps } from '../../core/door-deps.ts'
import { BadRequest } from '../errors.ts'
import { type SoundEncoder, SPEECH_SAMPLE_RATE } from './sound-encoder.ts'
import { type SpeechVoice } from './speech-voice.ts'

/** What is encoded before others get their turn. */
const PIECE_SAMPLES = SPEECH_SAMPLE_RATE / 10

export interface Speech {
  readonly text: string
  readonly voice: SpeechVoice
  readonly encoder: SoundEncoder
  /** Told once it is known, at the end. */
  readonly onEnd?: (seconds: number) => void
}

/**
 * A text as the bytes of a sound file, as soon as they exist.
 * @throws BadRequest if there is nothing to pronounce; AppError `engine_…`; the signal's reason.
 */
export async function* speechBytes(
  deps: Pick<DoorDeps, 'synthesizer' | 'clock' | 'config'>,
  { text, voice, encoder, onEnd }: Speech,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let samples = 0
  for await (const pcm of resampled(deps, { text, voice }, signal)) {
    for (let at = 0; at < pcm.length; at += PIECE_SAMPLES) {
      if (at > 0) await macrotask()
      const piece = pcm.subarray(at, at + PIECE_SAMPLES)
      samples += piece.length
      const bytes = encoder.push(piece)
      if (bytes.length > 0) yield bytes
    }
  }
  if (samples === 0) {
    throw new BadRequest('There is nothing to pronounce in this text; write a few words', { param: 'input' })
  }
  const rest = encoder.end()
  if (rest.length > 0) yield rest
  onEnd?.(samples / SPEECH_SAMPLE_RATE)
}

async function* resampled(
  deps: Pick<DoorDeps, 'synthesizer' | 'clock' | 'config'>,
  { text, voice }: Pick<Speech, 'text' | 'voice'>,
  signal: AbortSignal,
): AsyncGenerator<Int16Array> {
  const { synthesizer } = deps
  const fromRate = synthesizer.sampleRate
  const resampler =
    fromRate === SPEECH_SAMPLE_RATE ? undefined : new Resampler({ fromRate, toRate: SPEECH_SAMPLE_RATE })
  for await (const pcm of spoken(deps, { text, voice }, signal)) {
    // A long chunk takes its time: others get theirs in between.
    for (let at = 0; at < pcm.length; at += PIECE_SAMPLES) {
      const piece = pcm.subarray(at, at + PIECE_SAMPLES)
      yield resampler ? resampler.push(piece) : piece
      if (at + PIECE_SAMPLES < pcm.length) await macrotask()
    }
  }
  if (resampler) yield resampler.end()
}

function spoken(
  { synthesizer, clock, config }: Pick<DoorDeps, 'synthesizer' | 'clock' | 'config'>,
  { text, voice }: Pick<Speech, 'text' | 'voice'>,
  signal: AbortSignal,
): AsyncIterable<Int16Array> {
  return withDeadline((stop) => sayAloud(synthesizer, { text, ...voice }, stop), {
    clock,
    signal,
    firstMs: config.first_audio_timeout_ms,
    nextMs: config.first_audio_timeout_ms,
    onLate: () =>
      new AppError(
        'engine_timeout',
        `The voice engine "${synthesizer.name}" did not answer in time; try again`,
      ),
  })
}
