import { z } from 'zod'
import { type ToolSpec } from '../../engines/contracts.ts'
import { Schema } from './fields.ts'

const Name = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[\w.-]+$/u, 'a name of letters, digits, dashes and underscores')

/** A function, as both dialects describe it. */
export const FunctionSpec = z.object({
  name: Name,
  description: z.string().max(20_000).nullish(),
  parameters: Schema.nullish(),
  strict: z.boolean().nullish(),
})

export function toolSpec({ name, description, parameters }: z.infer<typeof FunctionSpec>): ToolSpec {
  return {
    name,
    description: description ?? '',
    parameters: parameters ?? { type: 'object', properties: {} },
  }
}
