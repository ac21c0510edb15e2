import { z } from 'zod'
import { Id } from '#shared/entities/fields.ts'

/** What is written of a runner in the runners file. Keys as in the settings; durations in seconds, memory in MiB. */

const Seconds = (max: number) => z.number().min(0).max(max)
const Words = z.array(z.string()).default([])
const Argv = z.array(z.string().min(1)).min(1)
const Offer = z.enum(['chat', 'embeddings', 'transcription', 'speech'])
const Path = z.string().min(1)
const Threads = z.number().int().min(1).max(1024)

/** Flags that would expose a runner, or take it away from us. */
const OURS = /^--?(?:host|port|api-key(?:-file)?|ssl-.*|path|api-prefix)(?:=|$)/u
const FurtherFlags = z
  .array(z.string().refine((flag) => !OURS.test(flag), { error: 'is decided by Troupe: leave it out' }))
  .default([])

const common = {
  id: Id,
  aliases: z.array(Id).default([]).describe('Further names that find it.'),
  env: z.record(z.string(), z.string()).default({}).describe('Added to the environment of its process.'),
  cwd: Path.optional().describe('Where its process runs.'),
  parallel: z.number().int().min(1).max(256).default(1).describe('Requests at once.'),
  max_queue: z.number().int().min(0).max(10_000).default(64).describe('Requests that may wait for it.'),
  ttl_s: z
    .union([z.literal(-1), Seconds(31_536_000)])
    .default(300)
    .describe('How long it stays after its last use; 0: no longer than that use; -1: for ever.'),
  pinned: z.boolean().default(false).describe('Started with the server, and never stopped to make room.'),
  group: z.string().min(1).optional().describe('One of `groups`.'),
  memory_mib: z.number().int().min(0).optional().describe('What it takes; absent: as its file is large.'),
  load_stall_s: Seconds(86_400)
    .min(1)
    .default(120)
    .describe('How long its start may say nothing in its log.'),
  load_max_s: Seconds(86_400).min(1).default(1_800).describe('How long its start may take in all.'),
  stop_grace_s: Seconds(600).default(10).describe('How long it may take to end by itself.'),
  drain_s: Seconds(3_600).default(30).describe('How long requests that run may take when it is stopped.'),
  max_crashes: z.number().int().min(1).max(100).default(3).describe('Within a minute; then it rests.'),
}

const chat = {
  context_tokens: z.number().int().min(256).max(100_000_000).optional().describe('Of each request.'),
  tools: z.boolean().optional().describe('Whether the model can call tools; absent: as its server says.'),
}

const LlamaConfig = z.strictObject({
  kind: z.literal('llama'),
  ...common,
  ...chat,
  model: Path.describe('A GGUF file.'),
  runtime: z.string().min(1).default('llama').describe('One of `runtimes`.'),
  listen: z.enum(['port', 'socket']).default('port').describe('A port of this machine, or a socket file.'),
  embeddings: z.boolean().default(false).describe('It is a model for embeddings.'),
  mmproj: Path.optional().describe('Makes it see: the projector that belongs to the model.'),
  lora: z.array(Path).default([]),
  draft_model: Path.optional().describe('A small model that guesses ahead.'),
  gpu_layers: z.number().int().min(-1).max(10_000).optional(),
  threads: Threads.optional(),
  batch: z.number().int().min(1).max(1_000_000).optional(),
  flash_attention: z.enum(['auto', 'on', 'off']).optional(),
  cache_type: z.string().min(1).optional().describe('Of keys and values, e.g. q8_0.'),
  cache_reuse: z.number().int().min(0).max(1_000_000).optional(),
  jinja: z.boolean().default(true).describe('Uses the chat template of the model.'),
  chat_template: z.string().min(1).optional(),
  reasoning_budget: z.number().int().min(-1).optional(),
  args: FurtherFlags.describe('Further flags of llama-server.'),
})

const WhisperConfig = z.strictObject({
  kind: z.literal('whisper'),
  ...common,
  model: Path.describe('A model file of whisper.cpp; or what the program of `command` calls its model.'),
  command: Argv.optional().describe(
    'Another program with an OpenAI-compatible API, e.g. faster-whisper; with ${PORT}.',
  ),
  runtime: z.string().min(1).default('whisper').describe('One of `runtimes`.'),
  ready_path: z.string().startsWith('/').default('/health'),
  language: z.string().min(1).optional().describe('Absent: as it hears.'),
  threads: Threads.optional(),
  args: FurtherFlags.describe('Further flags of whisper-server.'),
})

const CommandConfig = z.strictObject({
  kind: z.literal('command'),
  ...common,
  ...chat,
  command: Argv.describe(
    'Program and arguments; ${PORT}, ${HOST}, ${SOCKET}, ${API_KEY}, ${MODEL} are filled in.',
  ),
  model: z
    .string()
    .min(1)
    .optional()
    .describe('As its server calls the model; absent: as the runner is called.'),
  offers: z.array(Offer).min(1).default(['chat']),
  ready_path: z.string().startsWith('/').default('/health').describe('Answers 200 when it takes requests.'),
  base_path: z.string().startsWith('/').default('/v1'),
  slots: z.boolean().default(false).describe('It has llama-server’s /slots.'),
  voices: Words.describe('Its voices, if it speaks and cannot be asked.'),
})

const GgufConfig = z.strictObject({
  kind: z.literal('gguf'),
  ...common,
  ...chat,
  model: Path.describe('A GGUF file. It runs without llama-server.'),
  gpu_layers: z.number().int().min(-1).max(10_000).optional(),
  threads: Threads.optional(),
})

export const ModelConfig = z.discriminatedUnion('kind', [
  LlamaConfig,
  WhisperConfig,
  CommandConfig,
  GgufConfig,
])
export type ModelConfig = z.infer<typeof ModelConfig>
export type LlamaConfig = z.infer<typeof LlamaConfig>
export type WhisperConfig = z.infer<typeof WhisperConfig>
export type CommandConfig = z.infer<typeof CommandConfig>
export type GgufConfig = z.infer<typeof GgufConfig>

/** A program that kinds of runners are started with, and arguments that always come first. */
const Runtime = z.strictObject({
  command: z.string().min(1),
  args: Words,
  env: z.record(z.string(), z.string()).default({}),
})
export type Runtime = z.infer<typeof Runtime>

const Group = z.strictObject({
  swap: z.boolean().default(true).describe('Only one of the group runs at a time.'),
  exclusive: z.boolean().default(false).describe('While one of them runs, nobody of other groups does.'),
})

const Proxy = z.strictObject({
  enabled: z.boolean(),
  port: z.number().int().min(1).max(65_535).optional(),
})

const RUNTIMES = { llama: 'llama-server', whisper: 'whisper-server' } as const

export const RunnersFile = z.strictObject({
  $schema: z.string().optional(),
  memory_mib: z.number().int().min(1).optional().describe('What all runners may take together.'),
  max_running: z.number().int().min(1).optional().describe('How many may run at a time.'),
  runtimes: z
    .record(z.string(), Runtime)
    .default({})
    .transform((given) => ({ ...builtInRuntimes(), ...given }))
    .describe('Programs by name; `llama` and `whisper` are there unless they are named here.'),
  groups: z.record(z.string(), Group).default({}),
  model_folders: z.array(Path).default([]).describe('Where model files are looked for.'),
  usual_folders: z.boolean().default(false).describe('Also where LM Studio and llama.cpp keep theirs.'),
  proxies: z
    .strictObject({ ollama: Proxy.optional(), lmstudio: Proxy.optional() })
    .default({})
    .describe('Doors for programs that speak to Ollama or LM Studio.'),
  runners: z.array(ModelConfig).default([]),
})
export type RunnersFile = z.infer<typeof RunnersFile>

function builtInRuntimes(): Record<string, Runtime> {
  const entries = Object.entries(RUNTIMES).map(([name, command]) => [name, { command, args: [], env: {} }])
  return Object.fromEntries(entries)
}

/** What a runner can be asked for. */
export function offersOf(config: ModelConfig): readonly z.infer<typeof Offer>[] {
  if (config.kind === 'whisper') return ['transcription']
  if (config.kind === 'command') return config.offers
  return config.kind === 'llama' && config.embeddings ? ['embeddings'] : ['chat']
}

/** Whether it understands pictures: files do with a projector only. Undefined for programs of which nobody knows. */
export function seesOf(config: ModelConfig): boolean | undefined {
  if (config.kind === 'command') return undefined
  if (config.kind !== 'llama') return false
  return config.mmproj !== undefined || config.args.some((flag) => PROJECTOR.test(flag))
}

const PROJECTOR = /^(?:--mmproj(?:-url)?|-mmu?)(?:=|$)/u

/** As a server of several models calls it: what is put into requests. */
export function servedName(config: ModelConfig): string {
  if (config.kind === 'command') return config.model ?? config.id
  return config.kind === 'whisper' && config.command ? config.model : config.id
}
