import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { type TurnMetrics } from '#shared/entities.ts'
import { type TurnOutcome } from '#shared/protocol/events.ts'

const LATENCY_BUCKETS_S = [0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 2, 4, 8, 15, 30]

/** What operators watch, as Prometheus text under `/metrics`. */
export type Metrics = ReturnType<typeof createMetrics>

export function createMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  return {
    registry,
    connections: new Gauge({ name: 'troupe_connections', help: 'Open conversation sockets', registers }),
    errors: new Counter({
      name: 'troupe_errors_total',
      help: 'Errors told to clients, by code',
      labelNames: ['code'],
      registers,
    }),
    turnEnded: turnRecorder(registers),
  }
}

function turnRecorder(registers: Registry[]): (outcome: TurnOutcome, metrics: TurnMetrics) => void {
  const turns = new Counter({
    name: 'troupe_turns_total',
    help: 'Turns ended, by outcome',
    labelNames: ['outcome'],
    registers,
  })
  const stale = new Counter({
    name: 'troupe_stale_frames_dropped_total',
    help: 'Frames and events stopped by the last gate',
    registers,
  })
  const stages = new Histogram({
    name: 'troupe_turn_stage_seconds',
    help: 'Latency of a turn, by stage',
    labelNames: ['stage'],
    buckets: LATENCY_BUCKETS_S,
    registers,
  })
  return (outcome, metrics) => {
    turns.inc({ outcome })
    stale.inc(metrics.stale_frames_dropped ?? 0)
    for (const stage of STAGES) {
      const durationMs = metrics[stage]
      if (durationMs !== undefined) stages.observe({ stage }, durationMs / 1000)
    }
  }
}

const STAGES = [
  'end_of_utterance_delay',
  'transcription_delay',
  'llm_ttft',
  'llm_first_sentence',
  'tts_ttfb',
  'first_audio',
  'total',
] as const satisfies readonly (keyof TurnMetrics)[]
