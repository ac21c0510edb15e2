import { z } from 'zod'
import { Line } from './fields.ts'

/** Milliseconds, absent where a stage did not run, and counts. */
export const TurnMetrics = z.object({
  end_of_utterance_delay: z.number().optional(),
  transcription_delay: z.number().optional(),
  llm_ttft: z.number().optional(),
  llm_first_sentence: z.number().optional(),
  tts_ttfb: z.number().optional(),
  first_audio: z.number().optional(),
  total: z.number().optional(),
  tokens: z.number().int().optional(),
  sentences: z.number().int().optional(),
  stale_frames_dropped: z.number().int().optional(),
})
export type TurnMetrics = z.infer<typeof TurnMetrics>

/** Sampling settings of the model; absent means the server's own default. */
export const ModelSettings = z.object({
  model: Line.optional(),
  /** Texts at which replies end. */
  stop: z.array(z.string().min(1).max(200)).max(16).optional(),
  seed: z.number().int().min(0).max(2_147_483_647).optional(),
  /** How long a model that thinks may think. */
  reasoning_effort: z.enum(['none', 'low', 'medium', 'high']).optional(),
  temperature: z.number().min(0).max(5).optional(),
  top_p: z.number().min(0).max(1).optional(),
  min_p: z.number().min(0).max(1).optional(),
  top_k: z.number().int().min(0).max(1_000).optional(),
  frequency_penalty: z.number().min(-2).max(2).optional(),
  presence_penalty: z.number().min(-2).max(2).optional(),
  repetition_penalty: z.number().min(0).max(5).optional(),
  max_tokens: z.number().int().min(1).max(1_000_000).optional(),
})
export type ModelSettings = z.infer<typeof ModelSettings>

export const EngineStatus = z.object({
  name: z.string(),
  ready: z.boolean(),
  /** Why this engine was chosen, or what to do to make it ready. */
  detail: z.string().optional(),
})
export type EngineStatus = z.infer<typeof EngineStatus>

export const EngineStatuses = z.object({
  vad: EngineStatus,
  stt: EngineStatus,
  llm: EngineStatus,
  tts: EngineStatus,
})
export type EngineStatuses = z.infer<typeof EngineStatuses>
