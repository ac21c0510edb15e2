import { MICROPHONE_FRAME_SAMPLES, MICROPHONE_SAMPLE_RATE } from '#shared/audio.ts'
import { type Transcriber } from '../engines/contracts.ts'
import { AppError } from '../errors.ts'
import { macrotask } from '../lib/macrotask.ts'
import { Resampler } from '../lib/resample.ts'
import { type Wav } from '../lib/wav.ts'

const MOST_SECONDS = 60
/** How much is converted before others get their turn. */
const PIECE_MS = 200

/** What is said in a recording. @throws AppError `invalid` if it is too long, or what the engine throws. */
export async function transcribeRecording(
  transcriber: Transcriber,
  recording: Wav,
  signal: AbortSignal,
): Promise<string> {
  if (recording.samples.length > MOST_SECONDS * recording.sampleRate) {
    throw new AppError('invalid', `The recording is longer than ${MOST_SECONDS} seconds; cut it`)
  }
  await using session = transcriber.openSession()
  for await (const { type, text } of session.transcribe(asSpoken(recording), signal)) {
    if (type === 'final') return text
  }
  throw new AppError('engine_failed', 'The speech recogniser ended without a final text; try again')
}

/** Frames as a microphone gives them. */
async function* asSpoken({ sampleRate, samples }: Wav): AsyncGenerator<Int16Array> {
  const piece = Math.round((sampleRate * PIECE_MS) / 1000)
  const resampler =
    sampleRate === MICROPHONE_SAMPLE_RATE
      ? undefined
      : new Resampler({ fromRate: sampleRate, toRate: MICROPHONE_SAMPLE_RATE })
  for (let at = 0; at < samples.length; at += piece) {
    const part = samples.subarray(at, at + piece)
    yield* frames(resampler ? resampler.push(part) : part)
    await macrotask()
  }
  if (resampler) yield* frames(resampler.end())
}

function* frames(samples: Int16Array): Generator<Int16Array> {
  for (let at = 0; at < samples.length; at += MICROPHONE_FRAME_SAMPLES) {
    yield samples.slice(at, at + MICROPHONE_FRAME_SAMPLES)
  }
}
