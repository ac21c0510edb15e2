import { MICROPHONE_SAMPLE_RATE } from '#shared/audio.ts'
import { type RecordingFile, type TimedText } from '../../../engines/contracts.ts'
import { AppError } from '../../../errors.ts'
import { type DoorDeps } from '../../core/door-deps.ts'
import { BadRequest } from '../errors.ts'
import { type Transcript } from './transcript-formats.ts'
import { transcriptOf } from './transcript.ts'
import { isWav, readWav } from './wav-recording.ts'

export type Recording = RecordingFile

type HearDeps = Pick<DoorDeps, 'transcriber' | 'vad' | 'config'>

/** A recording that has been opened: what is said in it comes when it is asked for. */
export interface OpenRecording {
  /** Absent: nobody here could tell. */
  readonly durationSeconds: number | undefined
  readonly language: string | undefined
  readonly segments: AsyncIterable<TimedText>
  readonly words?: readonly TimedText[] | undefined
}

/** What is said in a recording, all of it. */
export async function heard(deps: HearDeps, recording: Recording, signal: AbortSignal): Promise<Transcript> {
  const { durationSeconds, language, segments, words } = await openRecording(deps, recording, signal)
  const said: TimedText[] = []
  for await (const segment of segments) said.push(segment)
  const text = said.map((segment) => segment.text).join(' ')
  return { task: recording.task, text, language, durationSeconds, segments: said, words }
}

/**
 * Where the recogniser is a server it gets the file as it is: it reads more formats than this house. Otherwise the
 * sound is taken out of it here.
 * @throws BadRequest (415) for a format that nobody here reads.
 */
export async function openRecording(
  deps: HearDeps,
  recording: Recording,
  signal: AbortSignal,
): Promise<OpenRecording> {
  const { transcriber, vad, config } = deps
  if (transcriber.transcribeFile && (recording.task === 'translate' || !isWav(recording.bytes))) {
    return heardElsewhere(transcriber.transcribeFile.bind(transcriber), recording, signal)
  }
  const samples = await samplesOf(recording)
  const listening = { transcriber, vad, threshold: config.speech_threshold }
  return {
    durationSeconds: samples.length / MICROPHONE_SAMPLE_RATE,
    language: recording.language,
    segments: transcriptOf(listening, { samples, isCut: recording.hasTimes }, signal),
  }
}

type TranscribeFile = NonNullable<DoorDeps['transcriber']['transcribeFile']>

async function heardElsewhere(
  transcribe: TranscribeFile,
  recording: Recording,
  signal: AbortSignal,
): Promise<OpenRecording> {
  const { language } = recording
  const told = await transcribe(recording, signal).catch((error: unknown) => {
    // Not every recogniser knows when something was said; that it was said is better than nothing.
    const isRefused = error instanceof AppError && error.code === 'engine_rejected' && recording.hasTimes
    if (!isRefused || signal.aborted) throw error
    return transcribe({ ...recording, hasTimes: false }, signal)
  })
  const durationSeconds = told.durationSeconds ?? told.segments?.at(-1)?.endSeconds
  const whole = { text: told.text, startSeconds: 0, endSeconds: durationSeconds ?? 0 }
  const segments = told.segments && told.segments.length > 0 ? told.segments : [whole]
  return {
    durationSeconds,
    language: told.language ?? language,
    segments: inTurn(segments),
    words: told.words,
  }
}

async function* inTurn(segments: readonly TimedText[]): AsyncGenerator<TimedText> {
  yield* segments.filter(({ text }) => text !== '')
}

async function samplesOf({ bytes }: Recording): Promise<Int16Array> {
  if (!isWav(bytes)) {
    throw new BadRequest(
      'Only WAV can be read here; other formats need an OpenAI-compatible recogniser (stt_base_url), which gets them as they are',
      { param: 'file', status: 415, code: 'unsupported_format' },
    )
  }
  try {
    return await readWav(bytes, MICROPHONE_SAMPLE_RATE)
  } catch (error) {
    if (error instanceof AppError) throw error
    const reason = error instanceof Error ? error.message : 'it is broken'
    throw new BadRequest(`The recording cannot be read: ${reason}`, { param: 'file', cause: error })
  }
}
