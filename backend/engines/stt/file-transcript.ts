import { type OpenAI, toFile } from 'openai'
import { z } from 'zod'
import { type FileTranscript, type RecordingFile, type TimedText } from '../contracts.ts'

/** A whole file at an OpenAI-compatible server. */

const Seconds = z.number().min(0).catch(0)
const Segment = z.object({ start: Seconds, end: Seconds, text: z.string() })
const Word = z.object({ start: Seconds, end: Seconds, word: z.string() })
const Answer = z.object({
  text: z.string().max(10_000_000),
  language: z.string().nullish().catch(undefined),
  duration: z.coerce.number().nullish().catch(undefined),
  segments: z.array(Segment).nullish().catch(undefined),
  words: z.array(Word).nullish().catch(undefined),
})

export interface FileRequest {
  readonly file: RecordingFile
  readonly model: string
}

/** @throws what the request throws. */
export async function postFile(
  client: OpenAI,
  { file, model }: FileRequest,
  signal: AbortSignal,
): Promise<unknown> {
  const { bytes, name, task, hasTimes, language, prompt } = file
  const format = hasTimes ? 'verbose_json' : 'json'
  const body = {
    file: await toFile(bytes, name),
    model,
    response_format: format,
    ...(prompt ? { prompt } : {}),
  }
  if (task === 'translate')
    return client.audio.translations.create({ ...body, response_format: format }, { signal })
  return client.audio.transcriptions.create(
    { ...body, response_format: format, ...(language ? { language } : {}), ...granularity(hasTimes) },
    { signal },
  )
}

function granularity(hasTimes: boolean): { timestamp_granularities?: ('segment' | 'word')[] } {
  return hasTimes ? { timestamp_granularities: ['segment', 'word'] } : {}
}

/** Undefined if it is no transcript. */
export function fileTranscriptOf(answer: unknown): FileTranscript | undefined {
  const parsed = Answer.safeParse(answer)
  if (!parsed.success) return undefined
  const { text, language, duration, segments, words } = parsed.data
  return {
    text: text.trim(),
    language: language ?? undefined,
    durationSeconds: duration ?? undefined,
    segments: segments?.map((segment) => timed(segment, segment.text)),
    words: words?.map((word) => timed(word, word.word)),
  }
}

function timed({ start, end }: { start: number; end: number }, text: string): TimedText {
  return { startSeconds: start, endSeconds: Math.max(start, end), text: text.trim() }
}
