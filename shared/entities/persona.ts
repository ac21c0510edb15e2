import { z } from 'zod'
import { Id, Text, Revision, stamps } from './fields.ts'

const personaFields = {
  name: z.string().trim().min(1).max(200),
  description: Text,
  image_url: z.string().max(2_000).nullable(),
  /** The one that conversations without a persona of their own use; at most one is. */
  is_default: z.boolean(),
}

/** Whom the user plays. */
export const Persona = z.object({ persona_id: Id, ...personaFields, revision: Revision, ...stamps })
export type Persona = z.infer<typeof Persona>

export const PersonaDraft = z.object({
  ...personaFields,
  description: Text.default(''),
  image_url: personaFields.image_url.default(null),
  is_default: z.boolean().default(false),
})
export type PersonaDraft = z.infer<typeof PersonaDraft>

export const PersonaPatch = z.object({
  ...z.object(personaFields).partial().shape,
  persona_id: Id,
  revision: Revision.optional(),
})
export type PersonaPatch = z.infer<typeof PersonaPatch>
