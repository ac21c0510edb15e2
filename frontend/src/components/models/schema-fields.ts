import { z } from 'zod'

/** What can be set of a runner, read from the JSON schema of the runners file. */

export type FieldType = 'number' | 'text' | 'choice' | 'several' | 'switch' | 'yesNo' | 'lines' | 'json'

export interface SchemaField {
  readonly key: string
  readonly type: FieldType
  /** As the schema explains it. */
  readonly help: string
  /** What counts if nothing is written. */
  readonly usual?: unknown
  readonly isRequired: boolean
  readonly options: readonly string[]
  readonly min: number
  readonly max: number
  readonly isWhole: boolean
}

const SchemaNode = z.looseObject({
  type: z.string().optional().catch(undefined),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional().catch(undefined),
  anyOf: z.array(z.unknown()).optional().catch(undefined),
  oneOf: z.array(z.unknown()).optional().catch(undefined),
  properties: z.record(z.string(), z.unknown()).optional().catch(undefined),
  required: z.array(z.string()).optional().catch(undefined),
  items: z.unknown().optional(),
  default: z.unknown().optional(),
  description: z.string().optional().catch(undefined),
  minimum: z.number().optional().catch(undefined),
  maximum: z.number().optional().catch(undefined),
})
type SchemaNode = z.infer<typeof SchemaNode>

const NOTHING: SchemaNode = SchemaNode.parse({})
/** The name is changed elsewhere, the kind with care. */
const NOT_HERE = ['id', 'kind']

const nodeOf = (value: unknown): SchemaNode => SchemaNode.safeParse(value).data ?? NOTHING

/** The kinds of runners that there are. */
export function kindsIn(schema: unknown): readonly string[] {
  return variantsIn(schema).flatMap((variant) => kindOf(variant) ?? [])
}

/** What can be set of a runner of this kind; nothing if the kind is not known. */
export function fieldsOf(schema: unknown, kind: string): readonly SchemaField[] {
  const variant = variantsIn(schema).find((one) => kindOf(one) === kind)
  const required = variant?.required ?? []
  return Object.entries(variant?.properties ?? {})
    .filter(([key]) => !NOT_HERE.includes(key))
    .map(([key, value]) => fieldOf(key, nodeOf(value), required.includes(key)))
}

function variantsIn(schema: unknown): SchemaNode[] {
  const runners = nodeOf(nodeOf(schema).properties?.['runners'])
  const { oneOf, anyOf } = nodeOf(runners.items)
  return (oneOf ?? anyOf ?? []).map(nodeOf)
}

function kindOf({ properties }: SchemaNode): string | undefined {
  const { const: kind } = nodeOf(properties?.['kind'])
  return typeof kind === 'string' ? kind : undefined
}

function fieldOf(key: string, node: SchemaNode, isRequired: boolean): SchemaField {
  const numbers = numbersOf(node)
  return {
    key,
    type: numbers.length > 0 ? 'number' : typeOf(node),
    help: node.description ?? '',
    usual: node.default,
    isRequired,
    options: (node.enum ?? nodeOf(node.items).enum ?? []).map(String),
    min: Math.min(...numbers.map(({ min }) => min)),
    max: Math.max(...numbers.map(({ max }) => max)),
    isWhole: numbers.every(({ isWhole }) => isWhole),
  }
}

interface Range {
  readonly min: number
  readonly max: number
  readonly isWhole: boolean
}

/** Also where it is one of several, all of them numbers: `-1` or `0 …`. */
function numbersOf(node: SchemaNode): readonly Range[] {
  if (node.anyOf) {
    const ranges = node.anyOf.map((one) => numbersOf(nodeOf(one)))
    return ranges.every(({ length }) => length > 0) ? ranges.flat() : []
  }
  if (typeof node.const === 'number') return [{ min: node.const, max: node.const, isWhole: true }]
  if (node.type !== 'number' && node.type !== 'integer') return []
  const { minimum: min = -Infinity, maximum: max = Infinity } = node
  return [{ min, max, isWhole: node.type === 'integer' }]
}

function typeOf(node: SchemaNode): FieldType {
  if (node.enum?.every((one) => typeof one === 'string')) return 'choice'
  if (node.type === 'boolean') return typeof node.default === 'boolean' ? 'switch' : 'yesNo'
  if (node.type === 'string') return 'text'
  if (node.type !== 'array') return 'json'
  const { type, enum: options } = nodeOf(node.items)
  if (type !== 'string') return 'json'
  return options ? 'several' : 'lines'
}

const GROUP_IDS = ['what', 'speed', 'stay', 'start'] as const
type KnownGroup = (typeof GROUP_IDS)[number]

/** Keys in the order in which somebody would look for them, in groups; what is not known comes last. */
const GROUPS: Readonly<Record<KnownGroup, readonly string[]>> = {
  what: [
    'model',
    'command',
    'offers',
    'aliases',
    'mmproj',
    'lora',
    'draft_model',
    'embeddings',
    'voices',
    'language',
    'context_tokens',
    'tools',
    'jinja',
    'chat_template',
    'chat_template_file',
    'mmproj_offload',
    'context_shift',
    'pooling',
    'rope_scaling',
    'rope_scale',
    'rope_freq_base',
    'yarn_original_context',
    'reasoning_budget',
  ],
  speed: [
    'gpu_layers',
    'threads',
    'parallel',
    'batch',
    'flash_attention',
    'cache_type',
    'cache_reuse',
    'threads_batch',
    'ubatch',
    'cache_type_k',
    'cache_type_v',
    'kv_offload',
    'swa_full',
    'mmap',
    'mlock',
    'devices',
    'main_gpu',
    'split_mode',
    'tensor_split',
    'cpu_moe_layers',
    'draft_gpu_layers',
  ],
  stay: ['pinned', 'ttl_s', 'group', 'memory_mib', 'max_queue'],
  start: [
    'runtime',
    'listen',
    'ready_path',
    'base_path',
    'slots',
    'load_stall_s',
    'load_max_s',
    'stop_grace_s',
    'drain_s',
    'max_crashes',
    'health_every_s',
    'health_failures',
    'cwd',
    'env',
    'args',
  ],
}

export function grouped(
  fields: readonly SchemaField[],
): readonly { readonly id: KnownGroup | 'more'; readonly fields: readonly SchemaField[] }[] {
  const known = GROUP_IDS.map((id) => ({
    id,
    fields: GROUPS[id].flatMap((key) => fields.find((field) => field.key === key) ?? []),
  }))
  const named = new Set<string>(Object.values(GROUPS).flat())
  const more = { id: 'more' as const, fields: fields.filter(({ key }) => !named.has(key)) }
  return [...known, more].filter((group) => group.fields.length > 0)
}
