import { z } from 'zod'
import { Timestamp, Id, Line, Text, MessageRole, Revision, stamps } from './fields.ts'

/** How a reply came about. Durations in milliseconds; absent is what nobody told. */
export const GenerationInfo = z.object({
  model: Line,
  failed_models: z.array(Line).optional(),
  attempts: z.number().int().optional(),
  duration_ms: z.number().optional(),
  ttft_ms: z.number().optional(),
  prompt_tokens: z.number().int().optional(),
  cached_tokens: z.number().int().optional(),
  completion_tokens: z.number().int().optional(),
  reasoning_tokens: z.number().int().optional(),
  cost: z.number().optional(),
  finish_reason: Line.optional(),
})
export type GenerationInfo = z.infer<typeof GenerationInfo>

/** What a character looked up or did while it spoke. */
export const ToolUse = z.object({
  name: Line,
  arguments: z.record(z.string(), z.unknown()),
  result: Text,
  is_error: z.boolean(),
  duration_ms: z.number(),
})
export type ToolUse = z.infer<typeof ToolUse>

const messageFields = {
  role: MessageRole,
  /** Who said it, as shown: the character's name, or the user's. */
  name: Line,
  /** What was said; of an interrupted message, what was heard of it. */
  content: Text,
  character_id: Id.nullable(),
  is_interrupted: z.boolean(),
  /** The rest of an interrupted message, which nobody heard. */
  unheard: Text,
  /** Whether the user spoke it (as opposed to typed). */
  is_spoken: z.boolean(),
  /** Shown, but not told to the model. */
  is_excluded: z.boolean(),
  generation: GenerationInfo.nullable(),
  tool_uses: z.array(ToolUse).max(100),
}

export const Message = z.object({
  message_id: Id,
  conversation_id: Id,
  ...messageFields,
  /** Which of its alternatives (swipes) this is, from 0, and of how many. */
  alternative_index: z.number().int().min(0),
  alternative_count: z.number().int().min(1),
  revision: Revision,
  ...stamps,
})
export type Message = z.infer<typeof Message>

export const MessageDraft = z.object({
  ...messageFields,
  conversation_id: Id,
  name: Line.default(''),
  character_id: messageFields.character_id.default(null),
  is_interrupted: z.boolean().default(false),
  unheard: Text.default(''),
  is_spoken: z.boolean().default(false),
  is_excluded: z.boolean().default(false),
  generation: messageFields.generation.default(null),
  tool_uses: messageFields.tool_uses.default([]),
})
export type MessageDraft = z.infer<typeof MessageDraft>

export const MessagePatch = z.object({
  ...z.object(messageFields).partial().shape,
  message_id: Id,
  revision: Revision.optional(),
})
export type MessagePatch = z.infer<typeof MessagePatch>

/** One of several wordings of a message. */
export const Alternative = z.object({
  index: z.number().int().min(0),
  content: Text,
  unheard: Text,
  is_interrupted: z.boolean(),
  generation: GenerationInfo.nullable(),
  tool_uses: z.array(ToolUse).max(100),
  created_at: Timestamp,
})
export type Alternative = z.infer<typeof Alternative>
