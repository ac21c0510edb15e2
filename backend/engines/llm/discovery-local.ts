import { z } from 'zod'
import { type RoleRules } from '../contracts.ts'
import { asked, type DiscoveredModel, type Discovery } from './discovered.ts'
import { type ModelServer } from './model-server.ts'

const Props = z.object({
  default_generation_settings: z.object({ n_ctx: z.number().positive() }),
  chat_template: z.string().nullish(),
  chat_template_caps: z.object({ supports_tools: z.boolean().nullish() }).nullish().catch(undefined),
  modalities: z.object({ vision: z.boolean().nullish() }).nullish().catch(undefined),
})
const Native = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      type: z.string().nullish(),
      state: z.string().nullish(),
      max_context_length: z.number(),
      loaded_context_length: z.number().nullish(),
      capabilities: z.array(z.string()).nullish().catch(undefined),
    }),
  ),
})

/** What LM Studio loads a model with when it is told nothing. */
const LM_STUDIO_DEFAULT_TOKENS = 4_096

/** Asks llama.cpp, which has one model; undefined if the server is none. */
export async function discoverLlamaCpp(
  server: ModelServer,
  listed: readonly DiscoveredModel[],
  signal: AbortSignal,
): Promise<Discovery | undefined> {
  const props = Props.safeParse(await asked(server.get(server.native('/props'), signal)))
  if (!props.success) return undefined
  const {
    default_generation_settings: settings,
    chat_template: template,
    chat_template_caps: caps,
    modalities,
  } = props.data
  const told = {
    contextTokens: settings.n_ctx,
    canUseTools: caps?.supports_tools ?? undefined,
    canSee: modalities?.vision ?? undefined,
    roles: template ? rolesOf(template) : undefined,
  }
  return { kind: 'llama.cpp', models: listed.map((model) => ({ ...told, id: model.id })) }
}

/** Asks LM Studio; undefined if the server is none. */
export async function discoverLmStudio(
  server: ModelServer,
  _listed: readonly DiscoveredModel[],
  signal: AbortSignal,
): Promise<Discovery | undefined> {
  const native = Native.safeParse(await asked(server.get(server.native('/api/v0/models'), signal)))
  if (!native.success) return undefined
  const chatty = native.data.data.filter(({ type }) => type !== 'embeddings')
  const models = chatty.map((model) => ({
    id: model.id,
    contextTokens:
      model.loaded_context_length ?? Math.min(LM_STUDIO_DEFAULT_TOKENS, model.max_context_length),
    canUseTools: model.capabilities ? model.capabilities.includes('tool_use') : undefined,
    canSee: model.type ? model.type === 'vlm' : undefined,
  }))
  return { kind: 'lm-studio', models }
}

/** What a chat template raises an exception over. */
export function rolesOf(template: string): RoleRules {
  if (/system role not supported/iu.test(template)) return 'no_system'
  if (/must alternate/iu.test(template)) return 'strict'
  return /system message must be at the beginning/iu.test(template) ? 'one_system' : 'free'
}
