import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { type Adapter, type LoadOptions, type RopeOptions } from './load-options.ts'

/** What the program for one GGUF file is told: flags and variables of llama-server. Those it does not know are passed over. */
export interface ChildOptions {
  /** As the model is called. */
  readonly alias: string
  /** A socket file, or with `port` an address. */
  readonly address: string
  readonly port: number | undefined
  readonly isForEmbeddings: boolean
  readonly load: Omit<LoadOptions, 'onLog' | 'onProgress'>
}

const TEXT = { type: 'string' } as const
const TEXTS = { type: 'string', multiple: true } as const
const FLAGS = {
  model: TEXT,
  alias: TEXT,
  host: TEXT,
  port: TEXT,
  parallel: TEXT,
  'ctx-size': TEXT,
  threads: TEXT,
  'n-gpu-layers': TEXT,
  'batch-size': TEXT,
  'flash-attn': TEXT,
  'cache-type-k': TEXT,
  'cache-type-v': TEXT,
  'rope-scaling': TEXT,
  'rope-scale': TEXT,
  'rope-freq-base': TEXT,
  'yarn-orig-ctx': TEXT,
  'chat-template': TEXT,
  'chat-template-file': TEXT,
  lora: TEXTS,
  'lora-scaled': TEXTS,
  'model-draft': TEXT,
  embedding: { type: 'boolean' },
} as const

type Values = Readonly<Record<string, unknown>>

export function childOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): ChildOptions {
  const { values } = parseArgs({ args: [...args], strict: false, options: FLAGS })
  const path = textOf(values['model']) ?? ''
  return {
    alias: textOf(values['alias']) ?? basename(path),
    address: textOf(values['host']) ?? '127.0.0.1',
    port: countOf(values['port']),
    isForEmbeddings: values['embedding'] === true,
    load: { path, ...sizesOf(values), ...filesOf(values), ...loadModeOf(environment['LLAMA_ARG_LOAD_MODE']) },
  }
}

function sizesOf(values: Values): Omit<ChildOptions['load'], 'path'> {
  const parallel = countOf(values['parallel']) ?? 1
  const contextTokens = countOf(values['ctx-size'])
  return {
    parallel,
    // Of all together, as llama-server has it.
    contextTokens: contextTokens === undefined ? undefined : Math.floor(contextTokens / parallel),
    gpuLayers: countOf(values['n-gpu-layers']),
    threads: countOf(values['threads']),
    batchTokens: countOf(values['batch-size']),
    flashAttention: flashAttentionOf(textOf(values['flash-attn'])),
    cacheTypeK: textOf(values['cache-type-k']),
    cacheTypeV: textOf(values['cache-type-v']),
    rope: ropeOf(values),
  }
}

function filesOf(
  values: Values,
): Pick<LoadOptions, 'chatTemplate' | 'chatTemplatePath' | 'adapters' | 'draftPath'> {
  return {
    chatTemplate: textOf(values['chat-template']),
    chatTemplatePath: textOf(values['chat-template-file']),
    adapters: [
      ...textsOf(values['lora']).map((path) => ({ path, scale: 1 })),
      ...textsOf(values['lora-scaled']).map(adapterOf),
    ],
    draftPath: textOf(values['model-draft']),
  }
}

function ropeOf(values: Values): RopeOptions | undefined {
  const rope = {
    scaling: textOf(values['rope-scaling']),
    scale: numberOf(values['rope-scale']),
    freqBase: numberOf(values['rope-freq-base']),
    originalContext: countOf(values['yarn-orig-ctx']),
  }
  return Object.values(rope).some((value) => value !== undefined) ? rope : undefined
}

/** `path:scale`; a path may hold colons of its own. */
function adapterOf(text: string): Adapter {
  const at = text.lastIndexOf(':')
  return { path: text.slice(0, at), scale: Number(text.slice(at + 1)) }
}

function flashAttentionOf(text: string | undefined): 'auto' | boolean | undefined {
  return text === undefined || text === 'auto' ? text : text === 'on'
}

function loadModeOf(mode: string | undefined): Pick<LoadOptions, 'mmap' | 'mlock'> {
  if (mode === undefined) return {}
  return { mmap: mode.includes('mmap'), mlock: mode.includes('mlock') }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.flatMap((one) => textOf(one) ?? []) : []
}

function numberOf(value: unknown): number | undefined {
  const number = Number(textOf(value) ?? NaN)
  return Number.isFinite(number) && number >= 0 ? number : undefined
}

function countOf(value: unknown): number | undefined {
  const number = numberOf(value)
  return number !== undefined && Number.isInteger(number) ? number : undefined
}
