import { z } from 'zod'

/** Parameters of models in the older shape of the runners file: flags of llama-server, with or without dashes. */
export const Parameters = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.union([z.string(), z.number()]))]),
)
type Parameters = z.infer<typeof Parameters>
type Value = Exclude<Parameters[string], null>

/** Those that have a key of their own here, by all their names. */
const LLAMA: Readonly<Record<string, string>> = {
  context_tokens: 'ctx_size n_ctx num_ctx c',
  parallel: 'parallel np',
  gpu_layers: 'n_gpu_layers gpu_layers ngl num_gpu',
  threads: 'threads n_threads num_thread t',
  threads_batch: 'threads_batch tb',
  batch: 'batch_size n_batch num_batch b',
  ubatch: 'ubatch_size n_ubatch ub',
  flash_attention: 'flash_attn flash_attention fa',
  cache_type_k: 'cache_type_k ctk',
  cache_type_v: 'cache_type_v ctv',
  cache_reuse: 'cache_reuse',
  mmap: 'mmap use_mmap',
  mlock: 'mlock use_mlock',
  rope_scaling: 'rope_scaling',
  rope_scale: 'rope_scale',
  rope_freq_base: 'rope_freq_base',
  yarn_original_context: 'yarn_orig_ctx',
  lora: 'lora',
  mmproj: 'mmproj mm',
  draft_model: 'model_draft md spec_draft_model',
  draft_gpu_layers: 'gpu_layers_draft n_gpu_layers_draft ngld',
  main_gpu: 'main_gpu mg',
  split_mode: 'split_mode sm',
  tensor_split: 'tensor_split ts',
  cpu_moe_layers: 'n_cpu_moe ncmoe',
  kv_offload: 'kv_offload kvo',
  swa_full: 'swa_full',
  context_shift: 'context_shift',
  embeddings: 'embedding embeddings',
  pooling: 'pooling',
  jinja: 'jinja',
  chat_template: 'chat_template',
  chat_template_file: 'chat_template_file',
  reasoning_budget: 'reasoning_budget',
}
const WHISPER: Readonly<Record<string, string>> = { threads: 'threads n_threads t', language: 'language l' }
const KNOWN = { llama: byName(LLAMA), whisper: byName(WHISPER) } as const

/** What is written in another way there. */
const REWRITTEN: Readonly<Record<string, (value: Value) => unknown>> = {
  flash_attention: (value) => (typeof value === 'boolean' ? (value ? 'on' : 'off') : value),
  gpu_layers: (value) => (value === 'all' ? 999 : value === 'auto' ? -1 : value),
  lora: (value) => listOf(value),
  tensor_split: (value) => listOf(value).map(Number),
}

/** Who listens where is decided by us. */
const DROPPED = new Set(['host', 'port', 'api_key'])

/** Everything else is a flag by its name: `true` alone, a list once for each entry. */
export function parametersOf(
  parameters: Parameters,
  kind: keyof typeof KNOWN,
): { known: Record<string, unknown>; args: string[] } {
  const keys = KNOWN[kind]
  const known: Record<string, unknown> = {}
  const args: string[] = []
  for (const [name, value] of Object.entries(parameters)) {
    const key = name.replace(/^-+/u, '').replaceAll('-', '_')
    if (DROPPED.has(key) || value === null) continue
    const own = keys.get(key)
    const denied = typeof value === 'boolean' && key.startsWith('no_') ? keys.get(key.slice(3)) : undefined
    if (own !== undefined) known[own] = REWRITTEN[own]?.(value) ?? value
    else if (denied !== undefined) known[denied] = !value
    else if (value !== false) args.push(...flagsOf(key, value))
  }
  return { known: perRequest(known), args }
}

function byName(keys: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const entries = Object.entries(keys)
  return new Map(entries.flatMap(([key, names]) => names.split(' ').map((name) => [name, key] as const)))
}

/** There, the context is that of all requests together; 0 leaves it to the model. */
function perRequest(known: Record<string, unknown>): Record<string, unknown> {
  const { context_tokens: total, ...others } = known
  if (typeof total !== 'number' || total === 0) return others
  const { parallel = 1 } = others
  return { ...others, context_tokens: Math.floor(total / (typeof parallel === 'number' ? parallel : 1)) }
}

function listOf(value: Value): (string | number)[] {
  if (Array.isArray(value)) return value
  return typeof value === 'string' ? value.split(',') : [Number(value)]
}

function flagsOf(key: string, value: Exclude<Value, false>): string[] {
  const flag = `${key.length === 1 ? '-' : '--'}${key.replaceAll('_', '-')}`
  if (value === true) return [flag]
  return (Array.isArray(value) ? value : [value]).flatMap((one) => [flag, String(one)])
}
