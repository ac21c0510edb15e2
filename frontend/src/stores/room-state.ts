import { computed, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { type Character, type Conversation, type Message } from '#shared/entities.ts'
import { type EventData } from '#shared/protocol/events.ts'
import { followScript } from './follow-script.ts'
import { createNotices, type Notices } from './notices.ts'
import { Outbox } from './outbox.ts'
import { Scene } from './scene.ts'
import { ScriptReader } from './script-reader.ts'
import { Script } from './script.ts'
import { type Stage } from './stage.ts'
import { isLocal } from './transcript.ts'
import { type Impersonation } from './types.ts'

/** With fewer messages than this, an opened conversation has come whole. */
const LIKELY_WHOLE = 20

/** What the room needs of the library. */
export interface KnownThings {
  readonly characters: readonly Character[]
  readonly conversations: readonly { readonly conversation_id: string; readonly title: string }[]
  /** Those of these ids who are there. */
  charactersOf(ids: readonly string[]): Promise<Character[]>
  noteUse(conversationId: string): void
}

/** The open conversation as it is, and what the server's events make of it. */
export class RoomState {
  readonly stage: Stage
  readonly script = new Script()
  readonly scene: Scene
  readonly outbox: Outbox
  readonly notices: Notices = createNotices()
  readonly conversationId: Ref<string | null> = ref(null)
  /** As it is stored; null while it is not. */
  readonly conversation: ShallowRef<Conversation | null> = shallowRef(null)
  /** What the model writes for the user; null when nobody asked. */
  readonly impersonation: ShallowRef<Impersonation | null> = shallowRef(null)
  /** Whether the conversation is not stored yet: its first message creates it. */
  readonly isFresh: Ref<boolean> = ref(true)
  readonly isLoading: Ref<boolean> = ref(false)
  readonly reader: ScriptReader
  readonly mutedCharacterIds: ShallowRef<readonly string[]> = shallowRef([])
  readonly cast: ComputedRef<readonly Character[]>
  readonly title: ComputedRef<string>
  readonly #library: KnownThings
  readonly #present = shallowRef<readonly Character[]>([])

  constructor(stage: Stage, library: KnownThings) {
    this.stage = stage
    this.#library = library
    this.scene = new Scene(stage, this.script.streams)
    this.outbox = new Outbox(stage, this.script)
    const { conversationId, notices } = this
    this.reader = new ScriptReader({ stage, pages: this.script.pages, notices, conversationId })
    // What the library knows is newer than what was told when the room was entered.
    this.cast = computed(() => {
      return this.#present.value.map((one) => library.characters.find(({ id }) => id === one.id) ?? one)
    })
    this.title = computed(() => {
      const isOpen = ({ conversation_id: id }: { conversation_id: string }) =>
        id === this.conversationId.value
      return library.conversations.find(isOpen)?.title ?? ''
    })
    followScript(this.script, stage)
    this.#followTurns()
    this.#followChanges()
  }

  /** Leaves for a conversation that holds nothing yet. */
  enterFresh(conversationId: string): void {
    this.conversationId.value = conversationId
    this.conversation.value = null
    this.isFresh.value = true
    this.scene.reset()
    this.script.show([])
  }

  /** @param keepsLines after a lost connection: what is on the screen stays there. */
  enter(opened: EventData<'conversation_opened'>, keepsLines = false): void {
    this.conversationId.value = opened.conversation.conversation_id
    this.conversation.value = opened.conversation
    this.isFresh.value = false
    this.#present.value = opened.active_characters
    if (keepsLines) {
      this.script.refresh(opened.messages)
    } else {
      this.scene.reset()
      this.script.show(opened.messages, opened.message_count)
    }
    if (keepsLines && opened.messages.length >= LIKELY_WHOLE) void this.reader.recount()
  }

  setPresent(characters: readonly Character[]): void {
    this.#present.value = characters
  }

  #followTurns(): void {
    const { client } = this.stage
    client.on('stt_final', ({ data }) => this.script.addLocal(data.text, true))
    client.on('turn_started', ({ data }) => this.#beginTurn(data))
    client.on('turn_ended', ({ data }) => {
      for (const id of this.script.endTurn(data)) this.#fetchLine(id)
    })
    client.on('active_characters', ({ data }) => this.setPresent(data.characters))
    client.on('impersonation', ({ data }) => {
      const text = `${this.impersonation.value?.text ?? ''}${data.text}`.trimStart()
      this.impersonation.value = { text, isFinal: data.is_final }
    })
    client.onSilenced(() => this.#endImpersonation())
    client.onStatus(() => this.#endImpersonation())
    client.on('error', () => this.#endImpersonation())
    client.on('turn_ended', () => this.#endImpersonation())
  }

  #endImpersonation(): void {
    const { value } = this.impersonation
    if (value?.isFinal === false) this.impersonation.value = { ...value, isFinal: true }
  }

  #beginTurn({ user_message_id: messageId }: EventData<'turn_started'>): void {
    this.isFresh.value = false
    // A turn that nobody's words began has no message when nothing has been said before.
    const named = messageId === '' ? undefined : this.script.nameLocal(messageId)
    if (named !== undefined) this.outbox.settle(named)
    const isKnown = this.script.lines.value.some(({ id }) => id === messageId)
    if (!isKnown && messageId !== '') this.#fetchLine(messageId)
    if (this.conversationId.value !== null) this.#library.noteUse(this.conversationId.value)
  }

  #fetchLine(messageId: string): void {
    this.stage.client
      .request('get_message', { message_id: messageId })
      .then((message) => this.#take(message))
      // Offline again: the whole page is fetched after that.
      .catch(() => {})
  }

  /** What other connections do in the same conversation. */
  #followChanges(): void {
    const { client } = this.stage
    client.on('message_created', ({ data }) => this.#isHere(data) && this.#add(data))
    client.on('message_updated', ({ data }) => {
      // One that is not known lies among the older ones that have not been looked at.
      if (this.script.find(data.message_id) !== undefined) this.#take(data)
    })
    client.on('message_deleted', ({ data }) => this.#isHere(data) && this.#remove(data.message_id))
    client.on('trash_restored', ({ data }) => {
      if (data.kind === 'message') void this.reader.bringBack(data.id)
    })
    client.on('conversation_updated', ({ data }) => {
      if (!this.#isHere(data)) return
      this.conversation.value = data
      void this.#callIn(data)
    })
    client.on('character_deleted', ({ data }) => {
      this.setPresent(this.#present.value.filter(({ id }) => id !== data.id))
    })
  }

  /** Somebody else has called them in or sent them off. */
  async #callIn(conversation: Conversation): Promise<void> {
    const ids = conversation.active_characters
    const known = ids.map((id) => this.#library.characters.find((one) => one.id === id))
    const present = known.every((one) => one !== undefined) ? known : await this.#library.charactersOf(ids)
    // It may have been changed again meanwhile.
    if (this.conversation.value === conversation) this.setPresent(present)
  }

  /** At the end if it is newer than what is there; else (several share a millisecond) where the server says it stands. */
  #add(message: Message): void {
    const last = this.script.lines.value.findLast((line) => !isLocal(line))
    const isNew = last === undefined || message.created_at > last.createdAt
    if (isNew || this.script.find(message.message_id) !== undefined) this.script.pages.put(message)
    else void this.reader.bringBack(message.message_id)
  }

  #remove(messageId: string): void {
    const { pages } = this.script
    if (!pages.remove(messageId) && pages.older.value.count > 0) void this.reader.recount()
    if (pages.lines.value.length === 0 && pages.older.value.count > 0) void this.#fetchNewest()
  }

  /** All of the newest lines were deleted: those before them are the newest now. */
  async #fetchNewest(): Promise<void> {
    const id = this.conversationId.value
    if (id === null) return
    try {
      const page = await this.stage.client.request('get_messages', { conversation_id: id })
      if (this.conversationId.value !== id) return
      this.script.show(page)
      await this.reader.recount()
    } catch {
      // Offline again: the whole page is fetched after that.
    }
  }

  /** A known message as it is now. With another wording, what follows is another text, too. */
  #take(message: Message): void {
    if (!this.#isHere(message)) return
    const known = this.script.find(message.message_id)
    if (known?.state === 'streaming') this.script.learn(message)
    else if (known === undefined || known.alternativeIndex === message.alternative_index) {
      this.script.pages.put(message)
    } else {
      this.script.swap(message)
      void this.#fetchBehind(message)
    }
  }

  async #fetchBehind({ message_id: id, conversation_id }: Message): Promise<void> {
    try {
      const page = await this.stage.client.request('get_messages', { conversation_id })
      if (this.conversationId.value !== conversation_id) return
      this.script.pages.replaceBehind(id, page)
      if (page.length >= LIKELY_WHOLE) void this.reader.recount()
    } catch {
      // Offline again: the whole page is fetched after that.
    }
  }

  #isHere({ conversation_id: id }: { readonly conversation_id: string }): boolean {
    return id === this.conversationId.value
  }
}
