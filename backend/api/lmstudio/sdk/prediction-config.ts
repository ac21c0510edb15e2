import { z } from 'zod'
import { type ModelSettings } from '#shared/entities.ts'
import { type ToolSpec } from '../../../engines/contracts.ts'
import { type GenerateRequest } from '../../core/contract.ts'
import { given } from '../requests.ts'

const Field = z.object({ key: z.string(), value: z.unknown() })

/** Layers of settings: what comes later is nearer to the request. */
export const ConfigStack = z.object({
  layers: z.array(z.object({ config: z.object({ fields: z.array(Field) }) })),
})
export type ConfigStack = z.infer<typeof ConfigStack>

const PREFIX = 'llm.prediction.'

type Wishes = Pick<GenerateRequest, 'settings' | 'stops' | 'tools' | 'toolChoice' | 'format'> & {
  readonly systemPrompt: string
}

/** What the SDK's settings ask for. What Troupe does not know, or cannot read, is left out. */
export function wishesOf({ layers }: ConfigStack): Wishes {
  const values = new Map<string, unknown>()
  for (const { key, value } of layers.flatMap(({ config }) => config.fields)) {
    if (key.startsWith(PREFIX)) values.set(key.slice(PREFIX.length), value)
  }
  const { tools, isForced } = toolsIn(values.get('tools'))
  return {
    settings: settingsIn(values),
    stops: z.array(z.string().min(1)).catch([]).parse(values.get('stopStrings')),
    tools,
    toolChoice: isForced ? 'required' : undefined,
    format: formatIn(values.get('structured')),
    systemPrompt: z.string().catch('').parse(values.get('systemPrompt')),
  }
}

function settingsIn(values: ReadonlyMap<string, unknown>): ModelSettings {
  const read = (key: string, min: number, max: number): number | undefined =>
    within(numberIn(values.get(key)), min, max)
  return given({
    temperature: read('temperature', 0, 5),
    top_p: read('topPSampling', 0, 1),
    min_p: read('minPSampling', 0, 1),
    top_k: whole(read('topKSampling', 0, 1_000)),
    repetition_penalty: read('repeatPenalty', 0, 5),
    frequency_penalty: read('llama.frequencyPenalty', -2, 2),
    presence_penalty: read('llama.presencePenalty', -2, 2),
    max_tokens: whole(read('maxPredictedTokens', 1, 1_000_000)),
    seed: whole(read('seed', 0, 2_147_483_647)),
  })
}

/** Some settings can be switched off; then they are no number at all. */
const Switched = z.object({ checked: z.boolean(), value: z.number() })

function numberIn(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  const { data } = Switched.safeParse(value)
  return data?.checked ? data.value : undefined
}

/** What is below means: as the model likes; what is above is as much as can be. */
function within(value: number | undefined, min: number, max: number): number | undefined {
  return value === undefined || value < min ? undefined : Math.min(value, max)
}

function whole(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.trunc(value)
}

const ToolUse = z.object({
  type: z.literal('toolArray'),
  tools: z
    .array(
      z.object({
        function: z.object({
          name: z.string().min(1),
          description: z.string().optional(),
          parameters: z.record(z.string(), z.unknown()).optional(),
        }),
      }),
    )
    .optional(),
  force: z.boolean().optional(),
})

function toolsIn(value: unknown): { tools: ToolSpec[]; isForced: boolean } {
  const { data } = ToolUse.safeParse(value)
  const tools = (data?.tools ?? []).map(({ function: { name, description, parameters } }) => ({
    name,
    description: description ?? '',
    parameters: parameters ?? { type: 'object', properties: {} },
  }))
  return { tools, isForced: data?.force === true && tools.length > 0 }
}

const Structured = z.object({
  type: z.literal('json'),
  jsonSchema: z.record(z.string(), z.unknown()).optional(),
})

function formatIn(value: unknown): GenerateRequest['format'] {
  const { data } = Structured.safeParse(value)
  if (!data) return undefined
  return data.jsonSchema ? { name: 'schema', schema: data.jsonSchema, strict: true } : 'json'
}
