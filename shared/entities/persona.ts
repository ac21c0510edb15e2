import { z } from 'zod'
import { Id, Text, stamps } from './fields.ts'

const personaFields = {
  name: z.string().trim().min(1).max(200),
  description: Text,
  /** The one that conversations without a persona of their own use; at most one is. */
  is_default: z.boolean(),
}

/** Whom the user plays. */
export const Persona = z.object({ persona_id: Id, ...personaFields, ...stamps })
export type Persona = z.infer<typeof Persona>

export const PersonaDraft = z.object({
  ...personaFields,
  description: Text.default(''),
  is_default: z.boolean().default(false),
})
export type PersonaDraft = z.infer<typeof PersonaDraft>

export const PersonaPatch = z.object({ ...z.object(personaFields).partial().shape, persona_id: Id })
export type PersonaPatch = z.infer<typeof PersonaPatch>
