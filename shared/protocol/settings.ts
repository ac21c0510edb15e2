import { z } from 'zod'
import { EngineStatus, ModelSettings } from '../entities.ts'

/** What can be set while the server runs, over `/api/settings` and `/api/models`. */

const Name = z.string().trim().min(1).max(500)
const Address = z.url({ protocol: /^https?$/, error: 'expected an http or https address' }).max(2_000)
const Secret = z.string().trim().min(1).max(2_000)
const Tokens = z.number().int().min(256).max(100_000_000)

export const SamplerPreset = z.object({ name: Name.max(100), settings: ModelSettings })
export type SamplerPreset = z.infer<typeof SamplerPreset>

export const LlmChoice = z.enum(['auto', 'openai', 'runner', 'gguf', 'scripted'])
export type LlmChoice = z.infer<typeof LlmChoice>

/** A model that answers when those before it cannot. Without an address it is on the same server. */
const Fallback = z.object({ base_url: Address.optional(), model: Name })

/** Keys are told to nobody: only whether there is one. */
export const LlmSettings = z.object({
  llm: LlmChoice,
  llm_base_url: Address.optional(),
  has_api_key: z.boolean(),
  llm_model: Name.optional(),
  /** In the order in which they are tried. */
  llm_fallbacks: z.array(Fallback.extend({ has_api_key: z.boolean() })),
  llm_context_tokens: Tokens.optional(),
  /** Of new conversations. */
  llm_settings: ModelSettings,
  llm_presets: z.array(SamplerPreset),
  /** What a flag or the environment decides, and by what name: that cannot be changed here. */
  fixed: z.record(z.string(), z.string()),
  /** Whether something was changed that counts only after the next start. */
  needs_restart: z.boolean(),
  engine: EngineStatus,
})
export type LlmSettings = z.infer<typeof LlmSettings>

/** Absent stays as it is; null goes back to the default. A key stays with its server: with another address it is gone. */
export const LlmSettingsPatch = z.strictObject({
  llm: LlmChoice.nullable().optional(),
  llm_base_url: Address.nullable().optional(),
  llm_api_key: Secret.nullable().optional(),
  llm_model: Name.nullable().optional(),
  /** A known fallback keeps its key if none is given. */
  llm_fallbacks: z
    .array(Fallback.extend({ api_key: Secret.optional() }))
    .max(20)
    .optional(),
  llm_context_tokens: Tokens.nullable().optional(),
  llm_settings: ModelSettings.optional(),
  llm_presets: z.array(SamplerPreset).max(100).optional(),
})
export type LlmSettingsPatch = z.infer<typeof LlmSettingsPatch>

/** A model server that need not be set yet. What is absent is as it is set. */
export const ModelDraft = LlmSettingsPatch.pick({
  llm: true,
  llm_base_url: true,
  llm_api_key: true,
  llm_model: true,
  llm_settings: true,
})
export type ModelDraft = z.infer<typeof ModelDraft>

export const ListedModel = z.object({
  id: z.string(),
  context_tokens: z.number().optional(),
  can_use_tools: z.boolean().optional(),
  /** Whether it is the one that answers. */
  is_default: z.boolean().optional(),
})
export type ListedModel = z.infer<typeof ListedModel>

/** How a model did when it was tried. */
export const ModelTrial = z.object({
  model: z.string(),
  /** Until the first word. */
  ttft_ms: z.number(),
  total_ms: z.number(),
  /** Its first words. */
  text: z.string(),
})
export type ModelTrial = z.infer<typeof ModelTrial>
