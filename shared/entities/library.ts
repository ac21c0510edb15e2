import { z } from 'zod'
import { Id, Timestamp } from './fields.ts'

/** What the library as a whole knows: what was found, what was thrown away, which tags there are. */

export const TrashKind = z.enum(['character', 'voice', 'conversation', 'message', 'persona', 'lorebook'])
export type TrashKind = z.infer<typeof TrashKind>

/** Something that was deleted and can still be had back. */
export const TrashItem = z.object({
  /** `<kind>:<id>` */
  trash_id: Id,
  kind: TrashKind,
  /** Under which it will be there again. */
  id: Id,
  /** As shown: a name, a title, the beginning of a message. */
  name: z.string(),
  deleted_at: Timestamp,
  /** When it will be gone for good. */
  expires_at: Timestamp,
})
export type TrashItem = z.infer<typeof TrashItem>

export const TagCount = z.object({ tag: z.string(), count: z.number().int() })
export type TagCount = z.infer<typeof TagCount>

export const SearchKind = z.enum(['message', 'conversation', 'character', 'lorebook'])
export type SearchKind = z.infer<typeof SearchKind>

/** A piece of what was found; what matches is marked. */
export const SnippetPart = z.object({ text: z.string(), is_match: z.boolean() })
export type SnippetPart = z.infer<typeof SnippetPart>

export const SearchHit = z.object({
  kind: SearchKind,
  /** Of the message, conversation, character or lorebook. */
  id: Id,
  /** Where the message was said. */
  conversation_id: Id.optional(),
  /** Of the character, or the one who said it. */
  character_id: Id.nullable().optional(),
  /** A name or a title; of a message, who said it. */
  title: z.string(),
  snippet: z.array(SnippetPart),
  at: Timestamp,
})
export type SearchHit = z.infer<typeof SearchHit>
