import { type TurnMetrics } from '#shared/entities.ts'
import { currentLanguage, t } from '../../i18n/index.ts'

/** One bar of the waterfall. */
export type Stage = { name: string; startMs: number; durationMs: number; isSlowest: boolean }

/** The steps between the end of the user's words and the first sound, in order. */
const STEPS = [
  'end_of_utterance_delay',
  'transcription_delay',
  'llm_ttft',
  'llm_first_sentence',
  'tts_ttfb',
] as const satisfies readonly (keyof TurnMetrics)[]

/** The stages that ran, one behind the other. The first sentence is counted by the model from its first word on. */
export function stagesOf(metrics: TurnMetrics): Stage[] {
  const stages: Stage[] = []
  let startMs = 0
  for (const key of STEPS) {
    const durationMs = durationOf(metrics, key)
    if (durationMs === undefined) continue
    stages.push({ name: t(`chat.timing.steps.${key}`), startMs, durationMs, isSlowest: false })
    startMs += durationMs
  }
  const rest = (metrics.first_audio ?? 0) - startMs
  if (stages.length > 0 && rest >= 1) {
    stages.push({ name: t('chat.timing.onTheWay'), startMs, durationMs: rest, isSlowest: false })
  }
  const slowestMs = Math.max(...stages.map((stage) => stage.durationMs))
  return stages.map((stage) => ({ ...stage, isSlowest: stage.durationMs === slowestMs && slowestMs >= 100 }))
}

function durationOf(metrics: TurnMetrics, key: (typeof STEPS)[number]): number | undefined {
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
  if (valueMs < 1_000) return `${Math.round(valueMs)} ms`
  const oneDigit = { minimumFractionDigits: 1, maximumFractionDigits: 1 }
  return `${new Intl.NumberFormat(currentLanguage(), oneDigit).format(valueMs / 1_000)} s`
}
