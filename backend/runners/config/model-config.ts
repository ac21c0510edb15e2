import { z } from 'zod'
import { Id } from '#shared/entities/fields.ts'
import { llamaOnly, loading, Threads } from './load-options.ts'

/** What is written of a runner in the runners file. Keys as in the settings; durations in seconds, memory in MiB. */

const Seconds = (max: number) => z.number().min(0).max(max)
const Words = z.array(z.string()).default([])
const Argv = z.array(z.string().min(1)).min(1)
const Offer = z.enum(['chat', 'embeddings', 'transcription', 'speech'])
const Path = z.string().min(1)

/** Flags that would expose a runner, or take it away from us. */
const OURS = /^--?(?:host|port|api-key(?:-file)?|ssl-.*|path|api-prefix)(?:=|$)/u
const FurtherFlags = z
  .array(z.string().refine((flag) => !OURS.test(flag), { error: 'is decided by Troupe: leave it out' }))
  .default([])

const common = {
  id: Id.describe('What it is called, here and by programs that ask for it.'),
  aliases: z.array(Id).default([]).describe('Further names that find it.'),
  env: z.record(z.string(), z.string()).default({}).describe('Added to the environment of its process.'),
  cwd: Path.optional().describe('Where its process runs.'),
  parallel: z
    .number()
    .int()
    .min(1)
    .max(256)
    .default(1)
    .describe('How many requests it answers at once, each with a context of its own.'),
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
  context_tokens: z
    .number()
    .int()
    .min(256)
    .max(100_000_000)
    .optional()
    .describe(
      'How much each conversation may hold, in tokens (some 4 letters each). More takes more memory. Absent: as the model was made for, in runners of the kind gguf no more than 8,192.',
    ),
  tools: z.boolean().optional().describe('Whether the model can call tools; absent: as its server says.'),
}

const LlamaConfig = z.strictObject({
  kind: z.literal('llama').describe('A llama-server.'),
  ...common,
  ...chat,
  model: Path.describe('A GGUF file.'),
  runtime: z.string().min(1).default('llama').describe('One of `runtimes`.'),
  listen: z.enum(['port', 'socket']).default('port').describe('A port of this machine, or a socket file.'),
  ...loading,
  ...llamaOnly,
  args: FurtherFlags.describe('Further flags of llama-server.'),
})

const WhisperConfig = z.strictObject({
  kind: z.literal('whisper').describe('A server that transcribes.'),
  ...common,
  model: Path.describe('A model file of whisper.cpp; or what the program of `command` calls its model.'),
  command: Argv.optional().describe(
    'Another program with an OpenAI-compatible API, e.g. faster-whisper; with ${PORT}.',
  ),
  runtime: z.string().min(1).default('whisper').describe('One of `runtimes`.'),
  ready_path: z.string().startsWith('/').default('/health').describe('Answers 200 when it takes requests.'),
  language: z.string().min(1).optional().describe('Absent: as it hears.'),
  threads: Threads.optional().describe('How many threads compute.'),
  args: FurtherFlags.describe('Further flags of whisper-server.'),
})

const CommandConfig = z.strictObject({
  kind: z.literal('command').describe('Any program with an OpenAI-compatible API.'),
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
  offers: z.array(Offer).min(1).default(['chat']).describe('What it can be asked for.'),
  ready_path: z.string().startsWith('/').default('/health').describe('Answers 200 when it takes requests.'),
  base_path: z.string().startsWith('/').default('/v1').describe('Before `/chat/completions`.'),
  slots: z.boolean().default(false).describe('It has llama-server’s /slots.'),
  voices: Words.describe('Its voices, if it speaks and cannot be asked.'),
})

const GgufConfig = z.strictObject({
  kind: z.literal('gguf').describe('A GGUF file in a process of Troupe’s own.'),
  ...common,
  ...chat,
  model: Path.describe('A GGUF file. It runs without llama-server.'),
  ...loading,
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
  command: z.string().min(1).describe('A program in the path, or where it is.'),
  args: Words.describe('Always come first.'),
  env: z.record(z.string(), z.string()).default({}).describe('Added to its environment.'),
})
export type Runtime = z.infer<typeof Runtime>

const Group = z.strictObject({
  swap: z.boolean().default(true).describe('Only one of the group runs at a time.'),
  exclusive: z.boolean().default(false).describe('While one of them runs, nobody of other groups does.'),
})

const Proxy = z.strictObject({
  enabled: z.boolean().describe('Whether it is open.'),
  port: z.number().int().min(1).max(65_535).optional().describe('Absent: the usual one.'),
})

const RUNTIMES = { llama: 'llama-server', whisper: 'whisper-server' } as const

export const RunnersFile = z.strictObject({
  $schema: z.string().optional().describe('Lets editors help.'),
  memory_mib: z.number().int().min(1).optional().describe('What all runners may take together.'),
  max_running: z.number().int().min(1).optional().describe('How many may run at a time.'),
  runtimes: z
    .record(z.string(), Runtime)
    .default({})
    .transform((given) => ({ ...builtInRuntimes(), ...given }))
    .describe('Programs by name; `llama` and `whisper` are there unless they are named here.'),
  groups: z.record(z.string(), Group).default({}).describe('Runners that do not run together, by name.'),
  model_folders: z.array(Path).default([]).describe('Where model files are looked for.'),
  usual_folders: z.boolean().default(false).describe('Also where LM Studio and llama.cpp keep theirs.'),
  proxies: z
    .strictObject({
      ollama: Proxy.optional().describe('Speaks like Ollama.'),
      lmstudio: Proxy.optional().describe('Speaks like LM Studio.'),
    })
    .default({})
    .describe('Doors for programs that speak to Ollama or LM Studio.'),
  runners: z.array(ModelConfig).default([]).describe('The models, and how each is run.'),
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
  return config.embeddings ? ['embeddings'] : ['chat']
}

/** As a server of several models calls it: what is put into requests. */
export function servedName(config: ModelConfig): string {
  if (config.kind === 'command') return config.model ?? config.id
  return config.kind === 'whisper' && config.command ? config.model : config.id
}

/** What is loaded with a runner, its model first. */
export function filesOf(config: Exclude<ModelConfig, CommandConfig>): readonly string[] {
  if (config.kind === 'whisper') return [config.model]
  const projector = config.kind === 'llama' ? config.mmproj : undefined
  const beside = [projector, config.draft_model].filter((path) => path !== undefined)
  return [config.model, ...beside, ...config.lora.map(({ path }) => path)]
}
