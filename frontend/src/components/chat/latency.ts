import { type TurnMetrics } from '#shared/entities.ts'

/** One bar of the waterfall. */
export type Stage = { name: string; startMs: number; durationMs: number; isSlowest: boolean }

/** The steps between the end of the user's words and the first sound, in order, in the user's language. */
const STEPS = [
  ['end_of_utterance_delay', 'Making sure you had finished'],
  ['transcription_delay', 'Writing down your words'],
  ['llm_ttft', 'Thinking of a first word'],
  ['llm_first_sentence', 'Finishing a first sentence'],
  ['tts_ttfb', 'Finding the voice'],
] as const satisfies readonly (readonly [keyof TurnMetrics, string])[]

/** The stages that ran, one behind the other. The first sentence is counted by the model from its first word on. */
export function stagesOf(metrics: TurnMetrics): Stage[] {
  const stages: Stage[] = []
  let startMs = 0
  for (const [key, name] of STEPS) {
    const durationMs = durationOf(metrics, key)
    if (durationMs === undefined) continue
    stages.push({ name, startMs, durationMs, isSlowest: false })
    startMs += durationMs
  }
  const rest = (metrics.first_audio ?? 0) - startMs
  if (stages.length > 0 && rest >= 1) {
    stages.push({ name: 'On the way to you', startMs, durationMs: rest, isSlowest: false })
  }
  const slowestMs = Math.max(...stages.map((stage) => stage.durationMs))
  return stages.map((stage) => ({ ...stage, isSlowest: stage.durationMs === slowestMs && slowestMs >= 100 }))
}

function durationOf(metrics: TurnMetrics, key: (typeof STEPS)[number][0]): number | undefined {
  const value = metrics[key]
  if (value === undefined || key !== 'llm_first_sentence') return value
  return Math.max(0, value - (metrics.llm_ttft ?? 0))
}

/** What the user waited for: the first sound, or the whole turn where nothing sounded. */
export function waitOf(metrics: TurnMetrics): number | undefined {
  return metrics.first_audio ?? metrics.total
}

/** `840 ms`, `1.2 s` */
export function milliseconds(valueMs: number): string {
  return valueMs < 1_000 ? `${Math.round(valueMs)} ms` : `${(valueMs / 1_000).toFixed(1)} s`
}
