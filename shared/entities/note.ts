import { z } from 'zod'
import { Id, stamps } from './fields.ts'

/** What a character keeps in mind across conversations. */
export const Note = z.object({
  note_id: Id,
  character_id: Id,
  text: z.string().trim().min(1).max(4_000),
  ...stamps,
})
export type Note = z.infer<typeof Note>

export const NoteDraft = Note.pick({ character_id: true, text: true })
export type NoteDraft = z.infer<typeof NoteDraft>

export const NotePatch = Note.pick({ note_id: true, text: true })
export type NotePatch = z.infer<typeof NotePatch>
