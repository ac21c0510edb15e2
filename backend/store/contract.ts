import {
  type Alternative,
  type CardReport,
  type Character,
  type CharacterDraft,
  type CharacterPatch,
  type Conversation,
  type ConversationDraft,
  type ConversationPatch,
  type Message,
  type MessageDraft,
  type MessagePatch,
  type Lorebook,
  type LorebookDraft,
  type LorebookHead,
  type LorebookPatch,
  type Note,
  type NoteDraft,
  type NotePatch,
  type Persona,
  type PersonaDraft,
  type PersonaPatch,
  type SearchHit,
  type TagCount,
  type TrashItem,
  type Voice,
  type VoiceDraft,
  type VoicePatch,
} from '#shared/entities.ts'
import { type CharacterHeads, type MessagePlace } from '#shared/protocol/library.ts'
import { type Alternatives, type RequestParams } from '#shared/protocol/requests.ts'

/**
 * Where everything is kept. What is deleted goes to the trash: no verb but those of the trash finds it any more.
 * A patch with a `revision` that is no longer the stored one throws AppError `conflict`, which carries what is stored.
 * Verbs return promises so that another database can stand behind the same contract.
 * A verb that names something which does not exist throws AppError `not_found`; a full or broken disk is
 * `storage_failed`. When a write resolves it survives the death of this process.
 */
export interface Store extends AsyncDisposable {
  readonly characters: CharacterStore
  readonly voices: VoiceStore
  readonly conversations: ConversationStore
  readonly messages: MessageStore
  readonly personas: PersonaStore
  readonly lorebooks: LorebookStore
  readonly notes: NoteStore
  readonly trash: TrashStore
  readonly originals: OriginalStore
  /** Everywhere that is not in the trash: best or newest first. */
  search(question: RequestParams<'search'>): Promise<SearchHit[]>
  /** The hashes of all media files that anything refers to, also from the trash. Does not block the event loop. */
  mediaInUse(): Promise<Set<string>>
  /** Resolves when everything written so far would survive a power cut as well. Does not block the event loop. */
  flush(): Promise<void>
  /**
   * Writes everything, as it is at this moment, to a file of its own, which this store can be opened with later.
   * Goes on beside everything else. @returns what is in it, and its SHA-256.
   */
  copyTo(file: string): Promise<{
    readonly inspected: {
      readonly characters: number
      readonly conversations: number
      readonly messages: number
    }
    readonly hash: string
  }>
  /**
   * Puts the starters into a store that nobody has used yet. Once only: starters that were deleted stay deleted.
   * @returns whether they were put in.
   */
  seed(starters: Starters): Promise<boolean>
}

/** What a new store begins with. Messages are in the order they were said. */
export interface Starters {
  readonly voices: readonly (VoiceDraft & Pick<Voice, 'voice_id'>)[]
  readonly characters: readonly (CharacterDraft & Pick<Character, 'id'>)[]
  readonly conversation: ConversationDraft & Pick<Conversation, 'conversation_id'>
  readonly messages: readonly MessageDraft[]
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
  /** As lists show them. */
  heads(page: RequestParams<'get_character_heads'>): Promise<CharacterHeads>
  tags(): Promise<TagCount[]>
  /** @returns the ids of those that were changed. */
  change(change: RequestParams<'change_characters'>): Promise<string[]>
  /** Messages it spoke stay; it leaves the casts it was in. */
  delete(id: string): Promise<void>
}

export interface VoiceStore extends Resource<Voice, string, VoiceDraft, VoicePatch> {
  /** In the order of creation: the first is the one that characters without a voice speak with. */
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
  /** Like `get`, for ids that may not have been stored yet. */
  find(conversationId: string): Promise<Conversation | undefined>
  /** Creates it under an id that was given out before, unless it exists already. */
  ensure(conversationId: string, draft: ConversationDraft): Promise<Conversation>
  delete(conversationId: string): Promise<void>
  /** A summary that the machine made. Not an edit: its revision stays, so that nobody's own change is refused for it. */
  keepSummary(
    conversationId: string,
    kept: Pick<Conversation, 'summary' | 'summary_until'>,
  ): Promise<Conversation>
  /** What the last prompt left for the next one, as it was given; undefined at first. */
  promptMemory(conversationId: string): Promise<unknown>
  /** @param memory anything that JSON can hold. */
  keepPromptMemory(conversationId: string, memory: unknown): Promise<void>
  /** A conversation of its own with the same settings and copies of the messages up to this one. */
  branch(messageId: string, title?: string): Promise<Conversation>
  /**
   * Puts a whole conversation in, piece by piece; it is there once all of it is, or not at all.
   * What it refers to and is not here (characters, a persona, lorebooks) is left out.
   * @param head asked for once the last message is in.
   */
  importWhole(
    messages: AsyncIterable<readonly WholeMessage[]>,
    head: () => ConversationHead,
  ): Promise<Conversation>
  /** All that was said in it, also what is not shown, piece by piece in the order it was said. */
  exportWhole(conversationId: string): AsyncIterable<readonly WholeMessage[]>
  /** Ids of the characters who said something in it, or might have. */
  speakersOf(conversationId: string): Promise<string[]>
  /** Who is meant by a name or a character's file in other programs; undefined: nobody here. */
  findSpeaker(speaker: {
    readonly name: string
    readonly file?: string | undefined
  }): Promise<string | undefined>
}

/** A conversation as it goes in and out of the house, without its messages. */
export interface ConversationHead {
  readonly conversation: Omit<
    Conversation,
    'conversation_id' | 'revision' | 'summary_until' | 'created_at' | 'updated_at'
  > & {
    /** Absent: as its first and last messages say. */
    readonly created_at?: string | undefined
    readonly updated_at?: string | undefined
  }
  readonly original: Omit<Original, 'kind' | 'id' | 'created_at'>
}

/** A message with everything that belongs to it. */
export interface WholeMessage extends Omit<
  Message,
  'message_id' | 'conversation_id' | 'revision' | 'alternative_count'
> {
  /** All wordings, the one in use among them; empty if there is only that one. */
  readonly alternatives: readonly Omit<Alternative, 'index'>[]
  /** It was said behind this alternative of that message (counted from 0), which is not the one in use. */
  readonly hidden_under: { readonly message: number; readonly alternative: number } | null
  /** The last message that the conversation's summary covers. */
  readonly is_summary_end: boolean
  /** What stood in the file it was read from, to the beginning of the next one; bytes, where that is no UTF-8. */
  readonly source: string | Uint8Array | null
}

/** Writing a message of a character who was deleted meanwhile keeps the name and drops the id. */
export interface MessageStore extends Resource<Message, string, MessageDraft, MessagePatch> {
  /** What is shown, oldest first; without `before` the newest page. */
  list(page: RequestParams<'get_messages'>): Promise<Message[]>
  /** How many are shown. */
  count(conversationId: string): Promise<number>
  /** How many are shown, and which of them this one is, counted from 0. */
  locate(conversationId: string, messageId?: string): Promise<MessagePlace>
  /** Creates it under an id that was given out before (a streamed reply has its id from its first word). */
  createAs(messageId: string, draft: MessageDraft): Promise<Message>
  /** A message that has these alternatives from the beginning, of which one is shown. */
  createAmong(draft: MessageDraft, contents: readonly string[], shownIndex: number): Promise<Message>
  /** With all its alternatives, and what was said behind those that are not shown. @returns the conversation it was in. */
  delete(messageId: string): Promise<{ conversationId: string }>
  /** As `get`. @throws AppError `invalid` if it is behind an alternative that is not in use. */
  getShown(messageId: string): Promise<Message>
  /**
   * A new wording of a message, which is shown from now on. What was said behind the other one is kept, out of sight:
   * all of it, or with `following` only what was there when the new wording was begun.
   */
  addAlternative(messageId: string, wording: Wording, following?: Following): Promise<Message>
  /** Shows another wording, and what was said behind it. @throws AppError `not_found` if there is none of this index. */
  selectAlternative(messageId: string, index: number): Promise<Message>
  /** All wordings, also of a message that has only one. */
  alternatives(messageId: string): Promise<Alternatives>
}

/** What was said behind a message at some moment. */
export interface Following {
  /** The newest message then. */
  readonly until: string
  /** Among them, what nobody has answered yet: it stays in sight. */
  readonly except: readonly string[]
}

/** What differs between the alternatives of a message. */
export type Wording = Pick<Message, 'content' | 'unheard' | 'is_interrupted' | 'generation' | 'tool_uses'>

export interface PersonaStore extends Resource<Persona, string, PersonaDraft, PersonaPatch> {
  /** By name. Making one the default takes that from the others. */
  list(): Promise<Persona[]>
  delete(personaId: string): Promise<void>
}

export type LorebookVersion = Pick<LorebookHead, 'lorebook_id' | 'updated_at' | 'is_global'>

export interface LorebookStore extends Resource<Lorebook, string, LorebookDraft, LorebookPatch> {
  /** By name, without their entries. */
  list(): Promise<LorebookHead[]>
  /** Which there are, by name, and since when they are as they are. Cheap, however large they are. */
  versions(): Promise<LorebookVersion[]>
  delete(lorebookId: string): Promise<void>
}

export interface NoteStore extends Resource<Note, string, NoteDraft, NotePatch> {
  /** Of one character: newest first, or those that hold any of the words, best first. */
  list(page: RequestParams<'get_notes'>): Promise<Note[]>
  delete(noteId: string): Promise<void>
}

/** What was deleted in the last 30 days. */
export interface TrashStore {
  /** Last deleted first. */
  list(page: RequestParams<'get_trash'>): Promise<TrashItem[]>
  /** @returns what it was; it is there again under its id. */
  restore(trashId: string): Promise<TrashItem>
  /** For good. When it resolves nobody finds it any more; what is large goes on going, and does not block the event loop. */
  delete(trashId: string): Promise<void>
  /**
   * Forgets for good what was deleted before this moment. Does not block the event loop.
   * @returns how many things.
   * @throws the signal's reason; the next purge goes on from there.
   */
  purge(before: Date, signal?: AbortSignal): Promise<number>
}

/** Of a character, lorebook or conversation that came from a file. */
export interface Original {
  readonly kind: 'character' | 'lorebook' | 'conversation'
  readonly id: string
  readonly format: string
  readonly file_name: string
  /** SHA-256 of the whole file, in the media folder. */
  readonly hash: string
  readonly source: string
  readonly report: CardReport
  readonly created_at: string
}

export interface OriginalStore {
  find(kind: Original['kind'], id: string): Promise<Original | undefined>
  /** Those that came from a file with this hash. */
  withHash(hash: string): Promise<Original[]>
  put(original: Omit<Original, 'created_at'>): Promise<void>
}
