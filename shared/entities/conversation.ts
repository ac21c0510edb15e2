import { z } from 'zod'
import { Id, Text, Revision, stamps } from './fields.ts'
import { DepthPrompt } from './character.ts'

/** Who answers when nobody is mentioned. */
export const ReplyStrategy = z.enum(['natural', 'list', 'pooled', 'manual', 'all'])
export type ReplyStrategy = z.infer<typeof ReplyStrategy>

const conversationFields = {
  /** Empty until the user or the first message names it. */
  title: z.string().trim().max(500),
  /** Ids of the characters who are present, in speaking order. */
  active_characters: z.array(Id).max(100),
  /** Out of the way: not in the list unless it is asked for. */
  is_archived: z.boolean(),
  reply_strategy: ReplyStrategy,
  /** Those of the cast who speak only when they are mentioned by name. */
  muted_characters: z.array(Id).max(100),
  /** How many turns characters may talk among themselves after each of the user's. */
  auto_continue_turns: z.number().int().min(0).max(50),
  /** Whom the user plays; null: the default persona, if there is one. */
  persona_id: Id.nullable(),
  author_note: DepthPrompt.nullable(),
  lorebook_ids: z.array(Id).max(100),
  /** What happened before the messages that still fit into the prompt. */
  summary: Text,
  /** The last message the summary covers. */
  summary_until: Id.nullable(),
}

export const Conversation = z.object({
  conversation_id: Id,
  ...conversationFields,
  revision: Revision,
  ...stamps,
})
export type Conversation = z.infer<typeof Conversation>

export const ConversationDraft = z.object({
  title: conversationFields.title.default(''),
  /** Absent: all characters that are active. */
  active_characters: conversationFields.active_characters.optional(),
  is_archived: z.boolean().default(false),
  reply_strategy: ReplyStrategy.default('natural'),
  muted_characters: conversationFields.muted_characters.default([]),
  auto_continue_turns: conversationFields.auto_continue_turns.default(0),
  persona_id: conversationFields.persona_id.default(null),
  author_note: conversationFields.author_note.default(null),
  lorebook_ids: conversationFields.lorebook_ids.default([]),
  summary: Text.default(''),
  summary_until: conversationFields.summary_until.default(null),
})
export type ConversationDraft = z.infer<typeof ConversationDraft>

export const ConversationPatch = z.object({
  ...z.object(conversationFields).partial().shape,
  conversation_id: Id,
  revision: Revision.optional(),
})
export type ConversationPatch = z.infer<typeof ConversationPatch>
