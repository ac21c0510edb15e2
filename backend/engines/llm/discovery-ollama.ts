import { z } from 'zod'
import { asked, type DiscoveredModel, type Discovery } from './discovered.ts'
import { type ModelServer } from './model-server.ts'

const Version = z.object({ version: z.string() })
const Running = z.object({
  models: z.array(z.object({ name: z.string(), context_length: z.number().nullish() })).catch([]),
})
const Capabilities = z.array(z.string()).nullish().catch(undefined)
const Tags = z.object({
  models: z.array(
    z.object({
      name: z.string(),
      capabilities: Capabilities,
      details: z.object({ context_length: z.number().nullish() }).nullish().catch(undefined),
    }),
  ),
})
const Details = z.object({
  capabilities: Capabilities,
  model_info: z.record(z.string(), z.unknown()).nullish(),
})

/** What Ollama loads a model with when it is told nothing: less than most models could. */
const DEFAULT_NUM_CTX = 4_096
/** Models are asked about one by one. */
const MAX_ASKED = 60

/** Asks Ollama; undefined if the server is none. */
export async function discoverOllama(
  server: ModelServer,
  listed: readonly DiscoveredModel[],
  signal: AbortSignal,
): Promise<Discovery | undefined> {
  if (!(await isOllama(server, signal))) return undefined
  const tags = Tags.safeParse(await asked(server.get(server.native('/api/tags'), signal)))
  const running = Running.safeParse(await asked(server.get(server.native('/api/ps'), signal)))
  const loaded = new Map(running.data?.models.map((model) => [model.name, model.context_length ?? undefined]))
  const names =
    tags.data?.models ?? listed.map(({ id }) => ({ name: id, capabilities: undefined, details: undefined }))
  const models: DiscoveredModel[] = []
  for (const [index, { name, capabilities, details }] of names.entries()) {
    const isTold = capabilities !== undefined && capabilities !== null && details?.context_length
    const told = isTold ? { capabilities, maxTokens: details.context_length } : undefined
    const shown = told ?? (index < MAX_ASKED ? await show(server, name, signal) : {})
    if (shown.capabilities && !shown.capabilities.includes('completion')) continue
    models.push({
      id: name,
      // Longer prompts are cut by Ollama without a word.
      contextTokens: loaded.get(name) ?? Math.min(DEFAULT_NUM_CTX, shown.maxTokens ?? DEFAULT_NUM_CTX),
      canUseTools: shown.capabilities?.includes('tools'),
      canSee: shown.capabilities?.includes('vision'),
    })
  }
  return { kind: 'ollama', models }
}

export async function isOllama(server: ModelServer, signal: AbortSignal): Promise<boolean> {
  return Version.safeParse(await asked(server.get(server.native('/api/version'), signal))).success
}

interface Shown {
  readonly capabilities?: readonly string[] | undefined
  readonly maxTokens?: number | null | undefined
}

async function show(server: ModelServer, name: string, signal: AbortSignal): Promise<Shown> {
  const answer = await asked(server.post(server.native('/api/show'), { model: name }, signal))
  const details = Details.safeParse(answer).data
  const key = Object.keys(details?.model_info ?? {}).find((field) => field.endsWith('.context_length'))
  const maxTokens: unknown = key === undefined ? undefined : details?.model_info?.[key]
  return {
    capabilities: details?.capabilities ?? undefined,
    maxTokens: typeof maxTokens === 'number' ? maxTokens : undefined,
  }
}
