import { z } from 'zod'
import { Character, Conversation, EngineStatuses, Message, ModelSettings, TurnMetrics } from '../entities.ts'
import { ErrorCode } from '../errors.ts'
import { DbError, requests } from './requests.ts'

/** What the server says. Every frame carries `seq`; a direct answer carries the `id` of its request. */

function event<Type extends string, Data extends z.ZodType>(type: Type, data: Data) {
  return z.object({
    type: z.literal(type),
    id: z.string().optional(),
    seq: z.number().int().optional(),
    data,
  })
}

const None = z.object({})
const Epoch = z.number().int().min(0)
const Samples = z.number().int().min(0)
const Spoken = z.object({ text: z.string() })
const Heard = z.object({ at_ms: z.number() })

/** The message of a turn, and who says it. */
const Line = {
  epoch: Epoch,
  character_id: z.string(),
  character_name: z.string(),
  message_id: z.string(),
  /** Which alternative of the message this is; absent for a new message. */
  alternative_index: z.number().int().min(0).optional(),
}
/** One audio stream: one message being spoken. */
const Stream = { ...Line, stream: z.number().int().min(0).max(0xffff) }

/** When a word sounds, in samples since the start of its audio stream. */
export const WordTime = z.object({ text: z.string(), start: Samples, end: Samples })
export type WordTime = z.infer<typeof WordTime>

export const TurnOutcome = z.enum(['completed', 'interrupted', 'failed'])
export type TurnOutcome = z.infer<typeof TurnOutcome>

export const ConversationEvent = z.discriminatedUnion('type', [
  event(
    'ready',
    z.object({
      session_id: z.string(),
      resume_token: z.string(),
      conversation_id: z.string(),
      engines: EngineStatuses,
      model_settings: ModelSettings,
      active_characters: z.array(Character),
    }),
  ),
  event('pong', None),
  event(
    'conversation_opened',
    z.object({
      conversation: Conversation,
      /** The newest page. */
      messages: z.array(Message),
      /** How many there are in all. */
      message_count: z.number().int().min(0),
      active_characters: z.array(Character),
    }),
  ),
  event('listening_started', None),
  event('listening_stopped', None),
  event('speech_started', Heard),
  event('speech_stopped', Heard),
  event('stt_update', Spoken),
  event('stt_stabilized', Spoken),
  event('stt_final', Spoken),
  event(
    'turn_started',
    z.object({
      epoch: Epoch,
      user_message_id: z.string(),
      responders: z.array(z.object({ character_id: z.string(), character_name: z.string() })),
    }),
  ),
  /** `continues`: the text of the message that this stream goes on from. */
  event('text_stream_start', z.object({ ...Line, continues: z.string().optional() })),
  event('text_chunk', z.object({ ...Line, text: z.string(), is_final: z.boolean() })),
  event('text_stream_stop', z.object({ ...Line, text: z.string() })),
  event(
    'audio_stream_start',
    z.object({ ...Stream, sample_rate: z.number().int().positive(), format: z.literal('pcm_s16le') }),
  ),
  event(
    'audio_chunk',
    z.object({
      ...Stream,
      sentence_index: z.number().int().min(0),
      chunk_index: z.number().int().min(0),
      offset: Samples,
      text: z.string().optional(),
      words: z.array(WordTime).optional(),
    }),
  ),
  event('audio_stream_stop', z.object({ ...Stream, samples: Samples })),
  /** A character looks something up while it speaks: `result` comes with the second of two events. */
  event(
    'tool_use',
    z.object({
      ...Line,
      call_id: z.string(),
      name: z.string(),
      arguments: z.record(z.string(), z.unknown()),
      result: z.string().optional(),
      is_error: z.boolean().optional(),
    }),
  ),
  /** The user's next line as the model would write it: for the composer, not sent. */
  event('impersonation', z.object({ epoch: Epoch, text: z.string(), is_final: z.boolean() })),
  event('turn_ended', z.object({ epoch: Epoch, outcome: TurnOutcome, metrics: TurnMetrics })),
  event(
    'interrupt_ack',
    z.object({ epoch: Epoch, message_id: z.string().optional(), heard_text: z.string().optional() }),
  ),
  event('history_truncated', z.object({ epoch: Epoch, message_id: z.string(), heard_text: z.string() })),
  event('model_settings_updated', ModelSettings),
  event('history_cleared', z.object({ conversation_id: z.string() })),
  event('active_characters', z.object({ characters: z.array(Character) })),
  event(
    'error',
    z.object({
      code: ErrorCode,
      message: z.string(),
      retryable: z.boolean().optional(),
      issues: z.array(z.unknown()).optional(),
    }),
  ),
])
export type ConversationEvent = z.infer<typeof ConversationEvent>
export type EventType = ConversationEvent['type']
export type EventData<T extends EventType> = Extract<ConversationEvent, { type: T }>['data']

/** An answer to a CRUD request; a change made elsewhere arrives in the same form without an `id`. */
export const CrudAnswer = z.discriminatedUnion('type', [
  event('characters_data', requests.get_characters.result),
  event('character_data', requests.get_character.result),
  event('character_created', requests.create_character.result),
  event('character_updated', requests.update_character.result),
  event('character_deleted', requests.delete_character.result),
  event('character_heads_data', requests.get_character_heads.result),
  event('tags_data', requests.get_tags.result),
  event('characters_changed', requests.change_characters.result),
  event('voices_data', requests.get_voices.result),
  event('voice_data', requests.get_voice.result),
  event('voice_created', requests.create_voice.result),
  event('voice_updated', requests.update_voice.result),
  event('voice_deleted', requests.delete_voice.result),
  event('conversations_data', requests.get_conversations.result),
  event('conversation_data', requests.get_conversation.result),
  event('conversation_created', requests.create_conversation.result),
  event('conversation_updated', requests.update_conversation.result),
  event('conversation_deleted', requests.delete_conversation.result),
  event('messages_data', requests.get_messages.result),
  event('message_data', requests.get_message.result),
  event('message_created', requests.create_message.result),
  event('message_updated', requests.update_message.result),
  event('message_deleted', requests.delete_message.result),
  event('message_located', requests.locate_message.result),
  event('alternatives_data', requests.get_alternatives.result),
  event('personas_data', requests.get_personas.result),
  event('persona_data', requests.get_persona.result),
  event('persona_created', requests.create_persona.result),
  event('persona_updated', requests.update_persona.result),
  event('persona_deleted', requests.delete_persona.result),
  event('lorebooks_data', requests.get_lorebooks.result),
  event('lorebook_data', requests.get_lorebook.result),
  event('lorebook_created', requests.create_lorebook.result),
  event('lorebook_updated', requests.update_lorebook.result),
  event('lorebook_deleted', requests.delete_lorebook.result),
  event('search_data', requests.search.result),
  event('trash_data', requests.get_trash.result),
  event('trash_restored', requests.restore_from_trash.result),
  event('trash_deleted', requests.delete_from_trash.result),
  event('notes_data', requests.get_notes.result),
  event('note_data', requests.get_note.result),
  event('note_created', requests.create_note.result),
  event('note_updated', requests.update_note.result),
  event('note_deleted', requests.delete_note.result),
])
export type CrudAnswer = z.infer<typeof CrudAnswer>

/** Everything a client may receive in a text frame. */
export const ServerEvent = z.discriminatedUnion('type', [ConversationEvent, CrudAnswer, DbError])
export type ServerEvent = z.infer<typeof ServerEvent>
