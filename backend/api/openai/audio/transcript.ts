import { MICROPHONE_FRAME_SAMPLES, MICROPHONE_SAMPLE_RATE } from '#shared/audio.ts'
import { type TimedText, type Transcriber, type VoiceActivityDetector } from '../../../engines/contracts.ts'
import { AppError } from '../../../errors.ts'
import { macrotask } from '../../../lib/macrotask.ts'
import { speechSpans } from './speech-spans.ts'

export interface TranscriptDeps {
  readonly transcriber: Transcriber
  readonly vad: VoiceActivityDetector
  /** From this probability on it is speech. */
  readonly threshold: number
}

/** A short recording is heard in one go: pauses in it are for the recogniser to make sense of. */
const SHORT_SAMPLES = MICROPHONE_SAMPLE_RATE * 28
const FRAMES_AT_ONCE = 10

/**
 * What is said in a recording of 16 kHz, sentence by sentence as it is recognised.
 * @param isCut whether times are wanted: then short ones are cut at their pauses, too.
 * @throws AppError `engine_…`; the signal's reason.
 */
export async function* transcriptOf(
  { transcriber, vad, threshold }: TranscriptDeps,
  { samples, isCut }: { samples: Int16Array; isCut: boolean },
  signal: AbortSignal,
): AsyncGenerator<TimedText> {
  const whole = { startSample: 0, endSample: samples.length }
  const isShort = samples.length <= SHORT_SAMPLES
  const spans = isCut || !isShort ? await speechSpans(vad, { samples, threshold }, signal) : [whole]
  await using session = transcriber.openSession()
  for (const { startSample, endSample } of spans) {
    let text: string | undefined
    for await (const event of session.transcribe(frames(samples.subarray(startSample, endSample)), signal)) {
      if (event.type === 'final') text = event.text.trim()
    }
    if (text === undefined) {
      throw new AppError('engine_failed', 'The speech recogniser ended without a final text; try again')
    }
    const startSeconds = startSample / MICROPHONE_SAMPLE_RATE
    if (text !== '') yield { text, startSeconds, endSeconds: endSample / MICROPHONE_SAMPLE_RATE }
  }
}

/** As a microphone gives them, but as fast as they are taken. */
async function* frames(samples: Int16Array): AsyncGenerator<Int16Array> {
  for (let at = 0; at < samples.length; at += MICROPHONE_FRAME_SAMPLES) {
    yield samples.slice(at, at + MICROPHONE_FRAME_SAMPLES)
    if ((at / MICROPHONE_FRAME_SAMPLES) % FRAMES_AT_ONCE === 0) await macrotask()
  }
}

/** When its words are said, as far as their lengths tell: recognisers do not. */
export function wordsOf({ text, startSeconds, endSeconds }: TimedText): TimedText[] {
  const words = text.split(/\s+/u).filter((word) => word !== '')
  const letters = words.reduce((sum, word) => sum + word.length + 1, 0)
  const secondsPerLetter = (endSeconds - startSeconds) / Math.max(1, letters)
  let at = startSeconds
  return words.map((word) => {
    const from = at
    at += (word.length + 1) * secondsPerLetter
    return { text: word, startSeconds: from, endSeconds: at }
  })
}
