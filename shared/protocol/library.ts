import { z } from 'zod'
import { CharacterHead, ConversationDraft, SearchKind, TrashKind } from '../entities.ts'
import { Key, Limit } from './paging.ts'

/** What is asked of the library as a whole. */

/** How the library is sorted; `recent` is when they were last talked with. */
export const CharacterSort = z.enum(['recent', 'name', 'created', 'updated', 'favourite', 'chats', 'tokens'])
export type CharacterSort = z.infer<typeof CharacterSort>

export const HeadsPage = z.object({
  /** Words, `"a phrase"`, `-word`, `tag:noir`, `-tag:noir`, `creator:somebody`. */
  query: z.string().max(500).optional(),
  /** Only these, whatever else is asked for. */
  ids: z.array(Key).max(500).optional(),
  /** All of these tags, or with `any_tag` one of them. */
  tags: z.array(z.string().max(500)).max(50).optional(),
  any_tag: z.boolean().optional(),
  without_tags: z.array(z.string().max(500)).max(50).optional(),
  favourites: z.boolean().optional(),
  /** Who speaks with this voice. */
  voice_id: Key.optional(),
  sort: CharacterSort.optional(),
  limit: Limit.optional(),
  offset: z.number().int().min(0).optional(),
})
export const CharacterHeads = z.object({
  heads: z.array(CharacterHead),
  /** How many there are beside this page. */
  total: z.number().int(),
})
export type CharacterHeads = z.infer<typeof CharacterHeads>

export const BulkChange = z.object({
  ids: z.array(Key).min(1).max(10_000),
  add_tags: z.array(z.string().trim().min(1).max(500)).max(50).optional(),
  remove_tags: z.array(z.string().max(500)).max(50).optional(),
  is_favourite: z.boolean().optional(),
  /** To the trash. */
  delete: z.boolean().optional(),
})

export const NewConversation = ConversationDraft.extend({
  /** The greeting a character begins with: 0 its first message, then the alternatives; -1 or absent: none. */
  greeting_index: z.number().int().min(-1).max(500).optional(),
  /** Who greets; absent: the first of the cast. */
  greeting_character_id: Key.optional(),
})

export const MessagePlace = z.object({
  conversation_id: Key,
  count: z.number().int(),
  /** Of the message that was named, if it is shown. */
  index: z.number().int().nullable(),
})
export type MessagePlace = z.infer<typeof MessagePlace>

export const SearchParams = z.object({
  query: z.string().max(500),
  kind: SearchKind.optional(),
  conversation_id: Key.optional(),
  limit: Limit.optional(),
  offset: z.number().int().min(0).optional(),
})

export const TrashKey = z.object({ trash_id: Key })
export const TrashPage = z.object({
  kind: TrashKind.optional(),
  limit: Limit.optional(),
  offset: z.number().int().min(0).optional(),
})
