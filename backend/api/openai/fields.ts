import { z } from 'zod'
import { type ModelSettings } from '#shared/entities.ts'
import { type ReplyFormat } from '../../engines/contracts.ts'

/** Fields that several requests have in common. A null counts as absent, as clients send it. */

export const Model = z.string({ error: 'say which model' }).min(1, 'say which model').max(500)
export const Fraction = z.number().min(0).max(1).nullish()
export const Penalty = z.number().min(-2).max(2).nullish()
const Stop = z.string().max(1_000)
export const Stops = z.union([Stop, z.array(Stop).max(16)]).nullish()
export const Effort = z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).nullish()
export const Schema = z.record(z.string(), z.unknown())

export const samplingFields = {
  temperature: z.number().min(0).max(2).nullish(),
  top_p: Fraction,
  frequency_penalty: Penalty,
  presence_penalty: Penalty,
  seed: z.number().int().nullish(),
  // Of servers for local models; OpenAI itself knows none of them.
  top_k: z.number().int().min(0).max(1_000).nullish(),
  min_p: Fraction,
  repetition_penalty: z.number().min(0).max(5).nullish(),
  repeat_penalty: z.number().min(0).max(5).nullish(),
}
const Sampling = z.object(samplingFields)

const MAX_SEED = 2_147_483_648

/** What is set, and nothing else: an absent setting is the server's own. */
export function samplingOf(
  body: z.infer<typeof Sampling>,
  more: { maxTokens?: number | null | undefined; effort?: z.infer<typeof Effort> } = {},
): ModelSettings {
  const { temperature, top_p, frequency_penalty, presence_penalty, seed, top_k, min_p } = body
  const repetition_penalty = body.repetition_penalty ?? body.repeat_penalty
  const all = {
    temperature,
    top_p,
    frequency_penalty,
    presence_penalty,
    top_k,
    min_p,
    repetition_penalty,
    // Any whole number is a seed for a client; servers take those of 31 bits.
    seed: typeof seed === 'number' ? Math.abs(seed) % MAX_SEED : undefined,
    max_tokens: more.maxTokens,
    reasoning_effort: more.effort ? EFFORTS[more.effort] : undefined,
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null && value !== undefined))
}

const EFFORTS = {
  none: 'none',
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
  max: 'high',
} as const

export function stopsIn(stop: z.infer<typeof Stops>): string[] {
  const stops = typeof stop === 'string' ? [stop] : (stop ?? [])
  return stops.filter((text) => text !== '')
}

export const JsonSchemaFormat = z.object({
  name: z.string().min(1).max(200),
  schema: Schema.nullish(),
  strict: z.boolean().nullish(),
  description: z.string().nullish(),
})

export function formatOf(format: z.infer<typeof JsonSchemaFormat>): ReplyFormat {
  return { name: format.name, schema: format.schema ?? {}, strict: format.strict ?? false }
}

/** Without fields that are not set. @returns undefined if nothing is left. */
export function extrasOf(fields: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined {
  const set = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined)
  return set.length === 0 ? undefined : Object.fromEntries(set)
}
