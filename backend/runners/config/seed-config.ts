import { z } from 'zod'
import { Parameters, parametersOf } from './seed-parameters.ts'

/**
 * The older shape of the runners file, with `models` by name, `parameters` for all of them, `llama-runtimes`,
 * `model_discovery`, `audio` and `proxies`. It is rewritten in ours, which is then checked as if it had been given.
 */

const SeedRuntime = z.union([
  z.string().min(1),
  z.looseObject({
    runtime: z.string().optional(),
    command: z.string().optional(),
    path: z.string().optional(),
    args: z.array(z.string()).optional(),
  }),
])
const SeedModel = z.union([
  z.string().min(1),
  z.strictObject({
    model_path: z.string().optional(),
    path: z.string().optional(),
    model: z.string().optional(),
    llama_cpp_runtime: z.string().optional(),
    runtime: z.string().optional(),
    display_name: z.string().optional(),
    aliases: z.array(z.string()).optional(),
    parameters: Parameters.default({}),
    enabled: z.boolean().default(true),
    auto_discovered: z.boolean().optional(),
    auto_update_model: z.boolean().optional(),
    memory_mib: z.number().optional(),
    ttl_s: z.number().optional(),
    group: z.string().optional(),
    pinned: z.boolean().optional(),
  }),
])
type SeedModel = z.infer<typeof SeedModel>

const SeedAudio = z.looseObject({
  runtimes: z.record(z.string(), SeedRuntime).default({}),
  models: z.record(z.string(), SeedModel).default({}),
})
const SeedFile = z.strictObject({
  $schema: z.string().optional(),
  models: z.record(z.string(), SeedModel).default({}),
  parameters: Parameters.default({}),
  'llama-runtimes': z.record(z.string(), SeedRuntime).default({}),
  default_runtime: z.string().optional(),
  concurrentRunners: z.number().int().min(1).optional(),
  memory_mib: z.number().optional(),
  model_discovery: z
    .looseObject({
      enabled: z.boolean().default(true),
      path: z.string().optional(),
      paths: z.array(z.string()).optional(),
    })
    .optional(),
  audio: SeedAudio.optional(),
  proxies: z.unknown().optional(),
})
type SeedFile = z.infer<typeof SeedFile>

const SEED_KEYS = ['models', 'parameters', 'llama-runtimes', 'model_discovery', 'audio']

/** Whether somebody has written the older shape. */
export function isSeedShape(value: unknown): boolean {
  return typeof value === 'object' && value !== null && SEED_KEYS.some((key) => key in value)
}

/** @throws ZodError where it is not what that shape allows. */
export function fromSeedShape(value: unknown): unknown {
  const file = SeedFile.parse(value)
  const { model_discovery: discovery, audio } = file
  const folders = [discovery?.path, ...(discovery?.paths ?? [])].filter((path) => path !== undefined)
  return {
    ...(file.memory_mib === undefined ? {} : { memory_mib: file.memory_mib }),
    ...(file.concurrentRunners === undefined ? {} : { max_running: file.concurrentRunners }),
    runtimes: { ...runtimesOf(file['llama-runtimes']), ...runtimesOf(audio?.runtimes ?? {}) },
    model_folders: discovery?.enabled === false ? [] : folders,
    ...(file.proxies === undefined ? {} : { proxies: file.proxies }),
    runners: [
      ...entriesOf(file.models).map(([id, model]) => llamaOf(id, model, file)),
      ...entriesOf(audio?.models ?? {}).map(([id, model]) => whisperOf(id, model)),
    ],
  }
}

function entriesOf(models: Record<string, SeedModel>): [string, Exclude<SeedModel, string>][] {
  return Object.entries(models).flatMap(([id, model]) => {
    const whole = typeof model === 'string' ? { model_path: model, parameters: {}, enabled: true } : model
    return whole.enabled ? [[id, whole] as [string, Exclude<SeedModel, string>]] : []
  })
}

function runtimesOf(runtimes: SeedFile['llama-runtimes']): Record<string, unknown> {
  const entries = Object.entries(runtimes).map(([name, runtime]) => {
    if (typeof runtime === 'string') return [name, { command: runtime }]
    const command = runtime.command ?? runtime.path ?? runtime.runtime ?? name
    return [name, { command, ...(runtime.args ? { args: runtime.args } : {}) }]
  })
  return Object.fromEntries(entries)
}

function sharedOf(id: string, model: Exclude<SeedModel, string>): Record<string, unknown> {
  const { display_name: name, aliases = [], memory_mib, ttl_s, group, pinned } = model
  const given = { memory_mib, ttl_s, group, pinned, model: model.model_path ?? model.path ?? model.model }
  return {
    id,
    aliases: [...aliases, ...(name === undefined || name === id ? [] : [name])],
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  }
}

function llamaOf(id: string, model: Exclude<SeedModel, string>, file: SeedFile): unknown {
  const runtime =
    model.llama_cpp_runtime ?? model.runtime ?? file.default_runtime ?? firstOf(file['llama-runtimes'])
  const { known, args } = parametersOf({ ...file.parameters, ...model.parameters }, 'llama')
  return {
    kind: 'llama',
    ...sharedOf(id, model),
    ...(runtime === undefined ? {} : { runtime }),
    ...known,
    args,
  }
}

function whisperOf(id: string, model: Exclude<SeedModel, string>): unknown {
  const { known, args } = parametersOf(model.parameters, 'whisper')
  const runtime = model.runtime ?? model.llama_cpp_runtime
  return {
    kind: 'whisper',
    ...sharedOf(id, model),
    ...(runtime === undefined ? {} : { runtime }),
    ...known,
    args,
  }
}

function firstOf(runtimes: object): string | undefined {
  return Object.keys(runtimes)[0]
}
