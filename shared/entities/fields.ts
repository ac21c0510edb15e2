import { z } from 'zod'

/** What the fields of several resources have in common. */

export const Timestamp = z.iso.datetime()
export const Id = z.string().min(1).max(200)
export const Line = z.string().max(500)
/** There are cards whose description is a book. */
export const TEXT_MAX_CHARACTERS = 2_000_000
export const Text = z.string().max(TEXT_MAX_CHARACTERS)

export const MessageRole = z.enum(['user', 'assistant', 'system'])
export type MessageRole = z.infer<typeof MessageRole>

export const stamps = { created_at: Timestamp, updated_at: Timestamp }

/** Rises by one with each change. In a patch: the one that was read; the change is refused if it is no longer that. */
export const Revision = z.number().int().min(1)
