import {
  type Character,
  type CharacterDraft,
  type CharacterPatch,
  type Conversation,
  type ConversationDraft,
  type ConversationPatch,
  type Message,
  type MessageDraft,
  type MessagePatch,
  type Voice,
  type VoiceDraft,
  type VoicePatch,
} from '#shared/entities.ts'
import { type RequestParams } from '#shared/protocol/requests.ts'

/**
 * Where everything is kept. Verbs return promises so that another database can stand behind the same contract.
 * A verb that names something which does not exist throws AppError `not_found`; a full or broken disk is
 * `storage_failed`. When a write resolves it survives the death of this process.
 */
export interface Store extends AsyncDisposable {
  readonly characters: CharacterStore
  readonly voices: VoiceStore
  readonly conversations: ConversationStore
  readonly messages: MessageStore
  /** Resolves when everything written so far would survive a power cut as well. Does not block the event loop. */
  flush(): Promise<void>
}

interface Resource<Entity, Key, Draft, Patch> {
  get(key: Key): Promise<Entity>
  create(draft: Draft): Promise<Entity>
  update(patch: Patch): Promise<Entity>
}

export interface CharacterStore extends Resource<Character, string, CharacterDraft, CharacterPatch> {
  /** By name. */
  list(): Promise<Character[]>
  /** Those named, in the order named; ids that do not exist are left out. */
  getMany(ids: readonly string[]): Promise<Character[]>
  /** Messages it spoke stay; it leaves the casts it was in. */
  delete(id: string): Promise<void>
}

export interface VoiceStore extends Resource<Voice, string, VoiceDraft, VoicePatch> {
  list(): Promise<Voice[]>
  /** Characters that used it fall back to the first voice. */
  delete(voiceId: string): Promise<void>
}

export interface ConversationStore extends Resource<
  Conversation,
  string,
  ConversationDraft,
  ConversationPatch
> {
  /** Most recently used first. */
  list(page: RequestParams<'get_conversations'>): Promise<Conversation[]>
  /** Creates it under an id that was given out before, unless it exists already. */
  ensure(conversationId: string, draft: ConversationDraft): Promise<Conversation>
  delete(conversationId: string): Promise<void>
}

export interface MessageStore extends Resource<Message, string, MessageDraft, MessagePatch> {
  /** Oldest first; without `before` the newest page. */
  list(page: RequestParams<'get_messages'>): Promise<Message[]>
  /** Creates it under an id that was given out before (a streamed reply has its id from its first word). */
  createAs(messageId: string, draft: MessageDraft): Promise<Message>
  /** @returns the conversation it was in. */
  delete(messageId: string): Promise<{ conversationId: string }>
}
