import { z } from 'zod'
import {
  Character,
  CharacterDraft,
  CharacterPatch,
  Conversation,
  ConversationDraft,
  ConversationPatch,
  Message,
  MessageDraft,
  MessagePatch,
  Voice,
  VoiceDraft,
  VoicePatch,
} from '../entities.ts'

/**
 * CRUD: one row per request, with what it takes, the type of its answer, and what the answer carries.
 * Handlers, REST routes and the browser client are all typed by this table.
 */

const Key = z.string().min(1).max(200)
const Limit = z.number().int().min(1).max(500)

export const CharacterKey = z.object({ id: Key })
export const VoiceKey = z.object({ voice_id: Key })
export const ConversationKey = z.object({ conversation_id: Key })
export const MessageKey = z.object({ message_id: Key })
/** A deleted message names its conversation too, so that listeners know whether it concerns them. */
export const DeletedMessage = z.object({ message_id: Key, conversation_id: Key })

export const requests = {
  get_characters: { params: z.object({}), answer: 'characters_data', result: z.array(Character) },
  get_character: { params: CharacterKey, answer: 'character_data', result: Character },
  create_character: { params: CharacterDraft, answer: 'character_created', result: Character },
  update_character: { params: CharacterPatch, answer: 'character_updated', result: Character },
  delete_character: { params: CharacterKey, answer: 'character_deleted', result: CharacterKey },

  get_voices: { params: z.object({}), answer: 'voices_data', result: z.array(Voice) },
  get_voice: { params: VoiceKey, answer: 'voice_data', result: Voice },
  create_voice: { params: VoiceDraft, answer: 'voice_created', result: Voice },
  update_voice: { params: VoicePatch, answer: 'voice_updated', result: Voice },
  delete_voice: { params: VoiceKey, answer: 'voice_deleted', result: VoiceKey },

  get_conversations: {
    params: z.object({
      limit: Limit.optional(),
      offset: z.number().int().min(0).optional(),
      /** Keyset page: conversations older than this one. */
      before: Key.optional(),
      /** Words to find in titles and messages. */
      query: z.string().max(500).optional(),
    }),
    answer: 'conversations_data',
    /** Most recently used first. */
    result: z.array(Conversation),
  },
  get_conversation: { params: ConversationKey, answer: 'conversation_data', result: Conversation },
  create_conversation: { params: ConversationDraft, answer: 'conversation_created', result: Conversation },
  update_conversation: { params: ConversationPatch, answer: 'conversation_updated', result: Conversation },
  delete_conversation: { params: ConversationKey, answer: 'conversation_deleted', result: ConversationKey },

  get_messages: {
    params: z.object({
      conversation_id: Key,
      limit: Limit.optional(),
      /** Keyset page: messages older than this one. */
      before: Key.optional(),
    }),
    answer: 'messages_data',
    /** Oldest first; without `before` the newest page. */
    result: z.array(Message),
  },
  get_message: { params: MessageKey, answer: 'message_data', result: Message },
  create_message: { params: MessageDraft, answer: 'message_created', result: Message },
  update_message: { params: MessagePatch, answer: 'message_updated', result: Message },
  delete_message: { params: MessageKey, answer: 'message_deleted', result: DeletedMessage },
} as const

export type RequestType = keyof typeof requests
/** What a client sends: fields with a default may be left out. */
export type RequestInput<T extends RequestType> = z.input<(typeof requests)[T]['params']>
/** What a handler sees after validation. */
export type RequestParams<T extends RequestType> = z.output<(typeof requests)[T]['params']>
export type RequestResult<T extends RequestType> = z.output<(typeof requests)[T]['result']>
export type AnswerType<T extends RequestType = RequestType> = (typeof requests)[T]['answer']

/** A failed request. Its sentence stands beside `data`, not in it. */
export const DbError = z.object({
  type: z.literal('db_error'),
  id: z.string().optional(),
  seq: z.number().int().optional(),
  error: z.string(),
  data: z.object({
    code: z.enum(['not_found', 'invalid', 'conflict', 'internal']),
    issues: z.array(z.unknown()).optional(),
  }),
})
export type DbError = z.infer<typeof DbError>
