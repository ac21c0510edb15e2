import { z } from 'zod'
import { type ModelSettings } from '#shared/entities.ts'
import { LmStudioError } from './wire-error.ts'

/** What programs send to `/api/v1`. Fields that Troupe has no use for are let through. */

const InputItem = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['message', 'text']), content: z.string() }),
  z.object({ type: z.literal('image'), data_url: z.string().regex(/^data:image\/[^,]+,/) }),
])

const Reasoning = z.enum(['off', 'on', 'low', 'medium', 'high'])

export const ChatBody = z.object({
  model: z.string().min(1),
  input: z.union([z.string(), z.array(InputItem).min(1)]),
  system_prompt: z.string().nullish(),
  stream: z.boolean().nullish(),
  temperature: z.number().min(0).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.number().int().min(0).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  repeat_penalty: z.number().min(0).nullish(),
  max_output_tokens: z.number().int().nullish(),
  reasoning: Reasoning.nullish(),
  context_length: z.number().int().min(1).nullish(),
  store: z.boolean().nullish(),
  previous_response_id: z.string().nullish(),
  integrations: z.array(z.unknown()).nullish(),
  /** In seconds. */
  ttl: z.number().nullish(),
})
export type ChatBody = z.infer<typeof ChatBody>

export const LoadBody = z.object({
  model: z.string().min(1),
  context_length: z.number().int().min(1).nullish(),
  echo_load_config: z.boolean().nullish(),
  ttl: z.number().nullish(),
})
export const UnloadBody = z.object({ instance_id: z.string().min(1) })
export const DownloadBody = z.object({
  model: z.string().trim().min(1).max(500),
  quantization: z.string().nullish(),
})

/** @throws LmStudioError `invalid_request` that says which field is wrong. */
export function read<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const param = issue?.path.join('.') ?? ''
  const fault = issue?.message ?? 'The request cannot be read'
  throw new LmStudioError('invalid_request', param === '' ? fault : `${param}: ${fault}`, param || undefined)
}

const EFFORTS = { off: 'none', on: 'medium', low: 'low', medium: 'medium', high: 'high' } as const

/** What of a request is a setting of the model. Negative lengths mean: as long as it likes. */
export function settingsOf(body: ChatBody): ModelSettings {
  const { temperature, top_p, top_k, min_p, repeat_penalty, max_output_tokens, reasoning } = body
  return given({
    temperature: atMost(temperature, 5),
    top_p,
    min_p,
    top_k: atMost(top_k, 1_000),
    repetition_penalty: atMost(repeat_penalty, 5),
    max_tokens: (max_output_tokens ?? 0) > 0 ? atMost(max_output_tokens, 1_000_000) : undefined,
    reasoning_effort: reasoning ? EFFORTS[reasoning] : undefined,
  })
}

function atMost(value: number | null | undefined, max: number): number | undefined {
  return value === null || value === undefined ? undefined : Math.min(value, max)
}

type Given<Fields> = { [Key in keyof Fields]?: NonNullable<Fields[Key]> }

/** Without the keys that hold nothing. */
export function given<Fields extends object>(fields: Fields): Given<Fields> {
  const held = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null)
  // The one cast: what is left has the keys and values it had.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.fromEntries(held) as Given<Fields>
}
