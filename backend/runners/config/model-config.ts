import { z } from 'zod'
import { llamaOnly, loading } from './load-options.ts'
import { Argv, chat, common, FurtherFlags, Offer, Path, Threads, Words } from './runner-fields.ts'

/** What is written of a runner in the runners file. Keys as in the settings; durations in seconds, memory in MiB. */

const LlamaConfig = z.strictObject({
  kind: z.literal('llama').describe('llama-server of llama.cpp.'),
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
  kind: z.literal('whisper').describe('whisper-server of whisper.cpp, or another program that transcribes.'),
  ...common,
  model: Path.describe('A model file of whisper.cpp; or what the program of `command` calls its model.'),
  command: Argv.optional().describe(
    'Another program with an OpenAI-compatible API, e.g. faster-whisper; with ${PORT}.',
  ),
  runtime: z.string().min(1).default('whisper').describe('One of `runtimes`.'),
  ready_path: z.string().startsWith('/').default('/health').describe('Answers 200 when it takes requests.'),
  language: z.string().min(1).optional().describe('Absent: as it hears.'),
  threads: Threads,
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
  base_path: z
    .string()
    .startsWith('/')
    .default('/v1')
    .describe('What comes before /chat/completions in its addresses.'),
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
  command: z.string().min(1).describe('The program, by its path or as it is found.'),
  args: Words.describe('Arguments that always come first.'),
  env: z.record(z.string(), z.string()).default({}).describe('Added to the environment of its processes.'),
})
export type Runtime = z.infer<typeof Runtime>

const Group = z.strictObject({
  swap: z.boolean().default(true).describe('Only one of the group runs at a time.'),
  exclusive: z.boolean().default(false).describe('While one of them runs, nobody of other groups does.'),
})

const Proxy = z.strictObject({
  enabled: z.boolean().describe('Whether it is open.'),
  port: z.number().int().min(1).max(65_535).optional().describe('Absent: the usual one of that program.'),
})

const RUNTIMES = { llama: 'llama-server', whisper: 'whisper-server' } as const

export const RunnersFile = z.strictObject({
  $schema: z.string().optional().describe('For editors.'),
  memory_mib: z.number().int().min(1).optional().describe('What all runners may take together.'),
  max_running: z.number().int().min(1).optional().describe('How many may run at a time.'),
  runtimes: z
    .record(z.string(), Runtime)
    .default({})
    .transform((given) => ({ ...builtInRuntimes(), ...given }))
    .describe('Programs by name; `llama` and `whisper` are there unless they are named here.'),
  groups: z.record(z.string(), Group).default({}).describe('Runners that share a place, by name.'),
  model_folders: z.array(Path).default([]).describe('Where model files are looked for.'),
  usual_folders: z.boolean().default(false).describe('Also where LM Studio and llama.cpp keep theirs.'),
  proxies: z
    .strictObject({
      ollama: Proxy.optional().describe('The door for programs that speak to Ollama.'),
      lmstudio: Proxy.optional().describe('The door for programs that speak to LM Studio.'),
    })
    .default({})
    .describe('Doors for programs that speak to Ollama or LM Studio.'),
  runners: z.array(ModelConfig).default([]).describe('The models, each with its settings.'),
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

/** What is loaded with a runner, its model first. */
export function filesOf(config: Exclude<ModelConfig, CommandConfig>): readonly string[] {
  if (config.kind === 'whisper') return [config.model]
  const projector = config.kind === 'llama' ? config.mmproj : undefined
  const beside = [projector, config.draft_model].filter((path) => path !== undefined)
  return [config.model, ...beside, ...config.lora.map(({ path }) => path)]
}
