import { z } from 'zod'
import { AudioFormat } from './audio-format.ts'

/** What a client may set of a session. Inside, everything has the names of the current protocol. */

const ServerVad = z.object({
  type: z.literal('server_vad'),
  threshold: z.number().min(0).max(1).optional(),
  prefix_padding_ms: z.number().int().min(0).max(5_000).optional(),
  silence_duration_ms: z.number().int().min(50).max(30_000).optional(),
  create_response: z.boolean().optional(),
  interrupt_response: z.boolean().optional(),
  idle_timeout_ms: z.number().int().min(5_000).max(30_000).nullish(),
})
const SemanticVad = z.object({
  type: z.literal('semantic_vad'),
  eagerness: z.enum(['low', 'medium', 'high', 'auto']).optional(),
  create_response: z.boolean().optional(),
  interrupt_response: z.boolean().optional(),
})
export const TurnDetectionPatch = z.discriminatedUnion('type', [ServerVad, SemanticVad])
interface Answering {
  readonly create_response: boolean
  readonly interrupt_response: boolean
}
interface BySilence extends Answering {
  readonly type: 'server_vad'
  readonly threshold: number
  readonly prefix_padding_ms: number
  readonly silence_duration_ms: number
  readonly idle_timeout_ms: number | null
}
interface ByMeaning extends Answering {
  readonly type: 'semantic_vad'
  readonly eagerness: 'low' | 'medium' | 'high' | 'auto'
}
/** When a turn is over: with everything that a client may leave out. */
export type TurnDetection = BySilence | ByMeaning

export const Transcription = z.object({
  model: z.string().max(256).optional(),
  language: z.string().max(35).optional(),
  languages: z.array(z.string().max(35)).max(64).optional(),
  keywords: z.array(z.string().max(256)).max(1_000).optional(),
  prompt: z.string().max(100_000).optional(),
  delay: z.enum(['minimal', 'low', 'medium', 'high', 'xhigh']).optional(),
})
export const NoiseReduction = z.object({ type: z.enum(['near_field', 'far_field']) })

export const FunctionTool = z.object({
  type: z.literal('function', { error: 'only functions can be called here: type "function"' }),
  name: z.string().min(1).max(256),
  description: z.string().max(100_000).default(''),
  parameters: z.record(z.string(), z.unknown()).default({ type: 'object', properties: {} }),
})
export const Tools = z.array(FunctionTool).max(128)
export const ToolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  z.object({ type: z.literal('function'), name: z.string().min(1) }),
])
export type ToolChoice = z.infer<typeof ToolChoice>

export const Instructions = z.string().max(1_000_000)
export const Modalities = z
  .array(z.enum(['text', 'audio']))
  .min(1)
  .transform((wanted): ('text' | 'audio')[] => [wanted.includes('audio') ? 'audio' : 'text'])
export const MaxOutputTokens = z.union([z.literal('inf'), z.number().int().min(1).max(1_000_000)])
export const Temperature = z.number().min(0).max(2)
export const Reasoning = z.object({
  effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']).nullish(),
})
/** By name, or `{ id }`. */
export const VoiceName = z.union([
  z.string().min(1).max(256),
  z.object({ id: z.string().min(1).max(256) }).transform(({ id }) => id),
])

export const Truncation = z.union([
  z.enum(['auto', 'disabled']),
  z.object({
    type: z.literal('retention_ratio'),
    retention_ratio: z.number().min(0).max(1),
    token_limits: z.object({ post_instructions: z.number().int().min(0).optional() }).optional(),
  }),
])
export const Tracing = z.union([z.literal('auto'), z.record(z.string(), z.unknown())]).nullable()

export const SessionPatch = z.object({
  type: z.enum(['realtime', 'transcription']),
  model: z.string().max(256).optional(),
  output_modalities: Modalities.optional(),
  instructions: Instructions.optional(),
  tools: Tools.optional(),
  tool_choice: ToolChoice.optional(),
  parallel_tool_calls: z.boolean().optional(),
  max_output_tokens: MaxOutputTokens.optional(),
  temperature: Temperature.optional(),
  reasoning: Reasoning.nullish(),
  tracing: Tracing.optional(),
  truncation: Truncation.optional(),
  include: z.array(z.string().max(256)).max(16).nullish(),
  prompt: z.null({ error: 'prompts are not kept here: put their text into instructions' }).optional(),
  audio: z
    .object({
      input: z
        .object({
          format: AudioFormat.optional(),
          transcription: Transcription.nullish(),
          noise_reduction: NoiseReduction.nullish(),
          turn_detection: TurnDetectionPatch.nullish(),
        })
        .optional(),
      output: z
        .object({
          format: AudioFormat.optional(),
          voice: VoiceName.optional(),
          speed: z.number().min(0.25).max(1.5).optional(),
        })
        .optional(),
    })
    .optional(),
})
export type SessionPatch = z.infer<typeof SessionPatch>
