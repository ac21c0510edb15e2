import { type TimedText } from '../../../engines/contracts.ts'
import { estimatedTokenCount } from '../../core/meter.ts'
import { wordsOf } from './transcript.ts'

export const TRANSCRIPT_FORMATS = ['json', 'text', 'srt', 'verbose_json', 'vtt'] as const

export interface Transcript {
  readonly task: 'transcribe' | 'translate'
  readonly text: string
  /** As ISO 639-1; absent: nobody said. */
  readonly language: string | undefined
  /** Absent: nobody here could tell. */
  readonly durationSeconds: number | undefined
  readonly segments: readonly TimedText[]
  /** Absent: estimated from the segments. */
  readonly words?: readonly TimedText[] | undefined
}

export function jsonOf({ text, durationSeconds }: Transcript): object {
  return { text, ...(durationSeconds === undefined ? {} : { usage: durationUsage(durationSeconds) }) }
}

export interface Granularity {
  readonly hasWords: boolean
  readonly hasSegments: boolean
}

export function verboseOf(transcript: Transcript, { hasWords, hasSegments }: Granularity): object {
  const { task, text, segments, durationSeconds } = transcript
  const duration = durationSeconds ?? segments.at(-1)?.endSeconds ?? 0
  const words = transcript.words ?? segments.flatMap(wordsOf)
  return {
    task,
    language: languageName(transcript.task === 'translate' ? 'en' : transcript.language),
    duration,
    text,
    ...(hasWords ? { words: words.map(wireWord) } : {}),
    ...(hasSegments ? { segments: segments.map(wireSegment) } : {}),
    usage: durationUsage(duration),
  }
}

export function srtOf({ segments }: Transcript): string {
  const cues = segments.map(
    ({ startSeconds, endSeconds, text }, index) =>
      `${index + 1}\n${stamp(startSeconds, ',')} --> ${stamp(endSeconds, ',')}\n${oneLine(text)}\n\n`,
  )
  return cues.join('')
}

export function vttOf({ segments }: Transcript): string {
  const cues = segments.map(
    ({ startSeconds, endSeconds, text }) =>
      `${stamp(startSeconds, '.')} --> ${stamp(endSeconds, '.')}\n${oneLine(text)}\n\n`,
  )
  return `WEBVTT\n\n${cues.join('')}`
}

/** Of events: sound is counted in tokens there, ten a second. */
export function tokenUsage(text: string, durationSeconds: number): object {
  const input_tokens = Math.ceil(durationSeconds * 10)
  const output_tokens = estimatedTokenCount(text)
  return { type: 'tokens', input_tokens, output_tokens, total_tokens: input_tokens + output_tokens }
}

function durationUsage(seconds: number): object {
  return { type: 'duration', seconds: Math.ceil(seconds) }
}

/** What recognisers here do not tell is what a sure one would. */
function wireSegment({ startSeconds, endSeconds, text }: TimedText, id: number): object {
  const measures = { temperature: 0, avg_logprob: 0, compression_ratio: 1, no_speech_prob: 0 }
  return { id, seek: 0, start: startSeconds, end: endSeconds, text: ` ${text}`, tokens: [], ...measures }
}

function wireWord({ startSeconds, endSeconds, text }: TimedText): object {
  return { word: text, start: startSeconds, end: endSeconds }
}

/** `de` → `german`; servers tell names already. */
function languageName(code: string | undefined): string {
  if (code === undefined || code === '') return 'english'
  try {
    return (new Intl.DisplayNames(['en'], { type: 'language' }).of(code) ?? code).toLowerCase()
  } catch {
    return code.toLowerCase()
  }
}

/** An empty line would end the cue. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/gu, ' ').replaceAll('-->', '->').trim()
}

/** `00:01:02,345` */
function stamp(seconds: number, point: string): string {
  const ms = Math.round(seconds * 1000)
  const [hours, minutes, rest] = [ms / 3_600_000, (ms / 60_000) % 60, (ms / 1_000) % 60]
  return `${digits(hours, 2)}:${digits(minutes, 2)}:${digits(rest, 2)}${point}${digits(ms % 1_000, 3)}`
}

function digits(value: number, count: number): string {
  return String(Math.floor(value)).padStart(count, '0')
}
