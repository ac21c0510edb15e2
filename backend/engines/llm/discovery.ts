import { z } from 'zod'
import { type DiscoveredModel, type Discovery } from './discovered.ts'
import { discoverLlamaCpp, discoverLmStudio } from './discovery-local.ts'
import { discoverOllama } from './discovery-ollama.ts'
import { type Prices } from './model-info.ts'
import { type ModelServer } from './model-server.ts'

const Entry = z.object({
  id: z.string().min(1),
  /** vLLM. */
  max_model_len: z.number().nullish().catch(undefined),
  /** OpenRouter, llama-swap. */
  context_length: z.number().nullish().catch(undefined),
  /** Groq. */
  context_window: z.number().nullish().catch(undefined),
  /** Mistral. */
  max_context_length: z.number().nullish().catch(undefined),
  meta: z.object({ n_ctx: z.number().nullish() }).nullish().catch(undefined),
  pricing: z
    .object({
      prompt: z.coerce.number(),
      completion: z.coerce.number(),
      input_cache_read: z.coerce.number().nullish(),
    })
    .nullish()
    .catch(undefined),
  supported_parameters: z.array(z.string()).nullish().catch(undefined),
  architecture: z
    .object({ input_modalities: z.array(z.string()).nullish() })
    .nullish()
    .catch(undefined),
})
const ModelList = z.object({ data: z.array(z.unknown()) })

/** These tell in their list what they tell at all. */
const HOSTED =
  /\b(?:openai|openrouter|anthropic|googleapis|mistral|groq|deepseek|together|fireworks|x)\.(?:com|ai|xyz)$/u

/**
 * Asks a server which models it has and what they can do. Servers that keep it out of the compatible list are asked
 * in their own API.
 * @param onListed told what the list alone tells, before anything else is asked.
 * @throws what `toLlmError` maps, if the list cannot be had.
 */
export async function discover(
  server: ModelServer,
  signal: AbortSignal,
  onListed: (models: readonly DiscoveredModel[]) => void,
): Promise<Discovery> {
  const listed = readList(await server.get('/models', signal))
  const models = listed.filter(({ id }) => !/embed/iu.test(id))
  const found = models.length > 0 ? models : listed
  onListed(found)
  const told = await toldBy(server, found, signal)
  const chatty = new Set(told.models.map(({ id }) => id))
  return { ...told, others: listed.map(({ id }) => id).filter((id) => !chatty.has(id)) }
}

async function toldBy(
  server: ModelServer,
  found: readonly DiscoveredModel[],
  signal: AbortSignal,
): Promise<Discovery> {
  if (isComplete(found) || isHosted(server)) return { kind: 'other', models: found }
  for (const probe of [discoverOllama, discoverLlamaCpp, discoverLmStudio]) {
    const told = await probe(server, found, signal)
    if (told) return told
  }
  return { kind: 'other', models: found }
}

function readList(data: unknown): DiscoveredModel[] {
  const list = ModelList.safeParse(data)
  if (!list.success) return []
  return list.data.data.flatMap((entry) => {
    const parsed = Entry.safeParse(entry)
    return parsed.success ? [infoOf(parsed.data)] : []
  })
}

function infoOf(entry: z.infer<typeof Entry>): DiscoveredModel {
  const {
    context_length: length,
    context_window: window,
    max_model_len: vllm,
    max_context_length: max,
  } = entry
  return {
    id: entry.id,
    contextTokens: entry.meta?.n_ctx ?? vllm ?? length ?? window ?? max ?? undefined,
    canUseTools: entry.supported_parameters?.includes('tools'),
    canSee: entry.architecture?.input_modalities?.includes('image'),
    prices: pricesOf(entry.pricing),
  }
}

/** Told per token. */
function pricesOf(pricing: z.infer<typeof Entry>['pricing']): Prices | undefined {
  // Negative: it depends on which model is chosen.
  if (!pricing || !(pricing.prompt >= 0)) return undefined
  const { prompt, completion, input_cache_read: cached } = pricing
  const million = 1_000_000
  return {
    prompt: prompt * million,
    completion: completion * million,
    cached: cached === null || cached === undefined ? undefined : cached * million,
  }
}

function isComplete(models: readonly DiscoveredModel[]): boolean {
  return models.length > 0 && models.every(({ contextTokens }) => contextTokens !== undefined)
}

function isHosted(server: ModelServer): boolean {
  const url = server.native('/')
  return URL.canParse(url) && HOSTED.test(new URL(url).hostname)
}
