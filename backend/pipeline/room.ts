import { randomUUID } from 'node:crypto'
import {
  type Character,
  type Conversation,
  ConversationDraft,
  type ModelSettings,
  type ReplyStrategy,
} from '#shared/entities.ts'
import { type CrudAnswer } from '#shared/protocol/events.ts'
import { type Store } from '../store/contract.ts'

const TITLE_MAX_CHARACTERS = 60

export interface RoomDeps {
  readonly store: Store
  readonly modelSettings: ModelSettings
  /** Tells other connections what changed. */
  readonly publish: (change: CrudAnswer) => void
}

/** The conversation a connection is in, and the model settings it speaks with. */
export class Room {
  readonly #deps: RoomDeps
  #conversationId: string = randomUUID()
  /** A fresh conversation has no row before its first message; this is the cast it will start with. */
  #freshCast: readonly string[] | undefined
  modelSettings: ModelSettings

  constructor(deps: RoomDeps) {
    this.#deps = deps
    this.modelSettings = deps.modelSettings
  }

  get conversationId(): string {
    return this.#conversationId
  }

  /** Enters a stored conversation. @throws AppError `not_found` */
  async open(conversationId: string): Promise<Conversation> {
    const conversation = await this.#deps.store.conversations.get(conversationId)
    this.#conversationId = conversation.conversation_id
    this.#freshCast = undefined
    return conversation
  }

  /** Comes back to where a client was, whether or not anything was said there yet. */
  async resume(left: {
    readonly conversationId: string
    readonly modelSettings: ModelSettings
  }): Promise<void> {
    this.#conversationId = left.conversationId
    this.#freshCast = undefined
    this.modelSettings = left.modelSettings
  }

  /** Leaves for a fresh conversation with the same people. */
  async startFresh(): Promise<string> {
    this.#freshCast = (await this.cast()).map((character) => character.id)
    this.#conversationId = randomUUID()
    return this.#conversationId
  }

  /** Who is present, in speaking order: the conversation's cast, or before its first message the active characters. */
  async cast(): Promise<Character[]> {
    const { store } = this.#deps
    const stored = await this.#stored()
    const ids = stored?.active_characters ?? this.#freshCast
    if (ids) return store.characters.getMany(ids)
    return (await store.characters.list()).filter((character) => character.is_active)
  }

  /** How people talk here. */
  async manners(): Promise<{
    strategy: ReplyStrategy
    muted: ReadonlySet<string>
    autoContinueTurns: number
  }> {
    const stored = await this.#stored()
    return {
      strategy: stored?.reply_strategy ?? 'natural',
      muted: new Set(stored?.muted_characters),
      autoContinueTurns: stored?.auto_continue_turns ?? 0,
    }
  }

  /** Makes sure the conversation is stored; one without a name is named after this message, unless it is empty. */
  async ensureStored(firstMessage: string): Promise<Conversation> {
    const stored = await this.#stored()
    const title = titleFrom(firstMessage)
    if (stored) return stored.title === '' && title !== '' ? this.#name(stored, title) : stored
    const active_characters = (await this.cast()).map((character) => character.id)
    const draft = ConversationDraft.parse({ title, active_characters })
    const conversation = await this.#deps.store.conversations.ensure(this.#conversationId, draft)
    this.#deps.publish({ type: 'conversation_created', data: conversation })
    return conversation
  }

  /** Someone who was called by name comes in. */
  async join(characters: readonly Character[]): Promise<void> {
    const conversation = await this.#deps.store.conversations.get(this.#conversationId)
    const joined = characters.map((character) => character.id)
    const active_characters = [...new Set([...conversation.active_characters, ...joined])]
    const updated = await this.#deps.store.conversations.update({
      conversation_id: this.#conversationId,
      active_characters,
    })
    this.#deps.publish({ type: 'conversation_updated', data: updated })
  }

  /** Whether anything has been said here yet. */
  async isStored(): Promise<boolean> {
    return (await this.#stored()) !== undefined
  }

  async #name({ conversation_id }: Conversation, title: string): Promise<Conversation> {
    const named = await this.#deps.store.conversations.update({ conversation_id, title })
    this.#deps.publish({ type: 'conversation_updated', data: named })
    return named
  }

  async #stored(): Promise<Conversation | undefined> {
    return this.#deps.store.conversations.find(this.#conversationId)
  }
}

/** The beginning of the first message, without the names it is addressed to. */
export function titleFrom(text: string): string {
  const line = text.replace(/\s+/gu, ' ').trim()
  const said = line.replace(/^(?:(?:@\S+|and|,|&)\s*)+/iu, '') || line
  const title = `${said.charAt(0).toUpperCase()}${said.slice(1)}`
  if (title.length <= TITLE_MAX_CHARACTERS) return title
  const cut = title.slice(0, TITLE_MAX_CHARACTERS)
  const lastSpace = cut.lastIndexOf(' ')
  return `${cut.slice(0, lastSpace > TITLE_MAX_CHARACTERS / 2 ? lastSpace : TITLE_MAX_CHARACTERS)}…`
}
