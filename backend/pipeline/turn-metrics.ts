import { type TurnMetrics } from '#shared/entities.ts'
import { type Turn } from './turn.ts'

/** The timings as clients see them: durations, absent where a stage did not run. */
export function metricsOf(turn: Turn, nowMs: number): TurnMetrics {
  const { timings } = turn
  const durations = {
    end_of_utterance_delay: timings.endOfUtteranceDelayMs,
    transcription_delay: timings.transcriptionDelayMs,
    llm_ttft: span(timings.modelAskedAtMs, timings.firstTokenAtMs),
    llm_first_sentence: span(timings.modelAskedAtMs, timings.firstSentenceAtMs),
    tts_ttfb: span(timings.voiceAskedAtMs, timings.firstSoundAtMs),
    first_audio: span(timings.askedAtMs, timings.firstFrameAtMs),
    total: span(timings.askedAtMs, nowMs),
  }
  const metrics: TurnMetrics = {
    tokens: timings.tokens,
    sentences: timings.sentences,
    stale_frames_dropped: timings.staleDropped,
  }
  for (const [name, durationMs] of Object.entries(durations)) {
    if (durationMs !== undefined) Object.assign(metrics, { [name]: Math.round(durationMs * 10) / 10 })
  }
  return metrics
}

function span(fromMs: number | undefined, toMs: number | undefined): number | undefined {
  return fromMs === undefined || toMs === undefined ? undefined : toMs - fromMs
}
