import { z } from 'zod'
import {
  Alternative,
  Character,
  CharacterDraft,
  CharacterPatch,
  Conversation,
  ConversationPatch,
  Lorebook,
  LorebookDraft,
  LorebookHead,
  LorebookPatch,
  Message,
  MessageDraft,
  MessagePatch,
  Note,
  NoteDraft,
  NotePatch,
  Persona,
  PersonaDraft,
  PersonaPatch,
  SearchHit,
  TagCount,
  TrashItem,
  Voice,
  VoiceDraft,
  VoicePatch,
} from '../entities.ts'
import {
  BulkChange,
  CharacterHeads,
  HeadsPage,
  MessagePlace,
  NewConversation,
  SearchParams,
  TrashKey,
  TrashPage,
} from './library.ts'
import { Key, Limit } from './paging.ts'

/**
 * CRUD: one row per request, with what it takes, the type of its answer, and what the answer carries.
 * Handlers, REST routes and the browser client are all typed by this table.
 */

export const CharacterKey = z.object({ id: Key })
export const VoiceKey = z.object({ voice_id: Key })
export const ConversationKey = z.object({ conversation_id: Key })
export const MessageKey = z.object({ message_id: Key })
export const PersonaKey = z.object({ persona_id: Key })
export const LorebookKey = z.object({ lorebook_id: Key })
export const NoteKey = z.object({ note_id: Key })
/** A deleted message names its conversation too, so that listeners know whether it concerns them. */
export const DeletedMessage = z.object({ message_id: Key, conversation_id: Key })

export const Alternatives = z.object({
  message_id: Key,
  active_index: z.number().int().min(0),
  alternatives: z.array(Alternative),
})
export type Alternatives = z.infer<typeof Alternatives>

export const requests = {
  get_characters: { params: z.object({}), answer: 'characters_data', result: z.array(Character) },
  get_character: { params: CharacterKey, answer: 'character_data', result: Character },
  create_character: { params: CharacterDraft, answer: 'character_created', result: Character },
  update_character: { params: CharacterPatch, answer: 'character_updated', result: Character },
  delete_character: { params: CharacterKey, answer: 'character_deleted', result: CharacterKey },
  /** Characters as a list shows them, searched, sorted, page by page. */
  get_character_heads: { params: HeadsPage, answer: 'character_heads_data', result: CharacterHeads },
  /** All tags of characters, most used first. */
  get_tags: { params: z.object({}), answer: 'tags_data', result: z.array(TagCount) },
  /** The same change to many characters. */
  change_characters: {
    params: BulkChange,
    answer: 'characters_changed',
    result: z.object({ ids: z.array(Key) }),
  },

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
      /** Only those in the archive, or (by default) only those that are not; null: both. */
      archived: z.boolean().nullable().optional(),
      /** Only those in which this character is present. */
      character_id: Key.optional(),
    }),
    answer: 'conversations_data',
    /** Most recently used first. */
    result: z.array(Conversation),
  },
  get_conversation: { params: ConversationKey, answer: 'conversation_data', result: Conversation },
  create_conversation: { params: NewConversation, answer: 'conversation_created', result: Conversation },
  update_conversation: { params: ConversationPatch, answer: 'conversation_updated', result: Conversation },
  delete_conversation: { params: ConversationKey, answer: 'conversation_deleted', result: ConversationKey },

  get_messages: {
    params: z.object({
      conversation_id: Key,
      limit: Limit.optional(),
      /** Keyset page: messages older than this one. */
      before: Key.optional(),
      /** Keyset page: messages newer than this one. */
      after: Key.optional(),
      /** A page with this message in its middle. */
      around: Key.optional(),
      /** A page that begins with the message of this index, counted from 0 at the oldest. */
      offset: z.number().int().min(0).optional(),
    }),
    answer: 'messages_data',
    /** Oldest first; the newest page if no place is named. */
    result: z.array(Message),
  },
  get_message: { params: MessageKey, answer: 'message_data', result: Message },
  create_message: { params: MessageDraft, answer: 'message_created', result: Message },
  update_message: { params: MessagePatch, answer: 'message_updated', result: Message },
  /** The same as `update_message`. */
  edit_message: { params: MessagePatch, answer: 'message_updated', result: Message },
  delete_message: { params: MessageKey, answer: 'message_deleted', result: DeletedMessage },
  /** How many messages are shown, and which of them this one is. */
  locate_message: {
    params: z.object({ conversation_id: Key, message_id: Key.optional() }),
    answer: 'message_located',
    result: MessagePlace,
  },
  get_alternatives: { params: MessageKey, answer: 'alternatives_data', result: Alternatives },
  /** Shows another wording, and what was said after that one: ask for the messages behind it anew. */
  select_alternative: {
    params: z.object({ message_id: Key, index: z.number().int().min(0) }),
    answer: 'message_updated',
    result: Message,
  },
  /** A conversation of its own with copies of everything up to this message. */
  branch_conversation: {
    params: z.object({ message_id: Key, title: z.string().trim().max(500).optional() }),
    answer: 'conversation_created',
    result: Conversation,
  },

  get_personas: { params: z.object({}), answer: 'personas_data', result: z.array(Persona) },
  get_persona: { params: PersonaKey, answer: 'persona_data', result: Persona },
  create_persona: { params: PersonaDraft, answer: 'persona_created', result: Persona },
  update_persona: { params: PersonaPatch, answer: 'persona_updated', result: Persona },
  delete_persona: { params: PersonaKey, answer: 'persona_deleted', result: PersonaKey },

  /** Without their entries. */
  get_lorebooks: { params: z.object({}), answer: 'lorebooks_data', result: z.array(LorebookHead) },
  get_lorebook: { params: LorebookKey, answer: 'lorebook_data', result: Lorebook },
  create_lorebook: { params: LorebookDraft, answer: 'lorebook_created', result: Lorebook },
  update_lorebook: { params: LorebookPatch, answer: 'lorebook_updated', result: Lorebook },
  delete_lorebook: { params: LorebookKey, answer: 'lorebook_deleted', result: LorebookKey },

  /** Everywhere: what was said, titles, characters, lorebooks. */
  search: { params: SearchParams, answer: 'search_data', result: z.array(SearchHit) },

  /** Last deleted first. */
  get_trash: { params: TrashPage, answer: 'trash_data', result: z.array(TrashItem) },
  restore_from_trash: { params: TrashKey, answer: 'trash_restored', result: TrashItem },
  /** For good. */
  delete_from_trash: { params: TrashKey, answer: 'trash_deleted', result: TrashKey },

  get_notes: {
    params: z.object({
      character_id: Key,
      limit: Limit.optional(),
      /** Words to find; best matches first. Without: newest first. */
      query: z.string().max(500).optional(),
    }),
    answer: 'notes_data',
    result: z.array(Note),
  },
  get_note: { params: NoteKey, answer: 'note_data', result: Note },
  create_note: { params: NoteDraft, answer: 'note_created', result: Note },
  update_note: { params: NotePatch, answer: 'note_updated', result: Note },
  delete_note: { params: NoteKey, answer: 'note_deleted', result: NoteKey },
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
    /** Of a conflict: what is stored, and what was to be. */
    stored: z.unknown().optional(),
    yours: z.unknown().optional(),
  }),
})
export type DbError = z.infer<typeof DbError>
