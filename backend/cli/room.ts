import {
  type Conversation,
  type ConversationPatch,
  type Message,
  type ModelSettings,
} from '#shared/entities.ts'
import { type ConversationEvent, type ServerEvent } from '#shared/protocol/events.ts'
import { titleFrom } from '../pipeline/room.ts'
import { type TroupeClient } from './client.ts'
import { type Display } from './display.ts'
import { CliError, EXIT } from './exit.ts'
import { type TurnResult, TurnWatch } from './turn-watch.ts'

export interface RoomOptions {
  /** Who is in a new conversation; absent: whoever is active in the library. */
  readonly characterIds?: readonly string[] | undefined
  /** Texts that a new conversation, or what is said next, builds on. */
  readonly context: readonly ContextText[]
  readonly authorNote?: string | undefined
}

export interface ContextText {
  readonly name: string
  readonly text: string
}

/** The author's note stands before everything that was said. */
const NOTE_DEPTH = 1_000

/** The conversation of this terminal: created with its first message, one turn at a time. */
export class Room implements Disposable {
  readonly #client: TroupeClient
  readonly #display: Display
  readonly #options: RoomOptions
  #context: readonly ContextText[]
  #authorNote: string | undefined
  /** Who is in the next new conversation. */
  #characterIds: readonly string[] | undefined
  #conversation: Conversation | undefined
  #turn: TurnWatch | undefined
  #endUnasked: (() => void) | undefined
  readonly #stop: () => void
  /** Called when somebody begins to speak unasked; what it returns is called when they have ended. */
  onUnasked: () => () => void = () => () => {}

  constructor(client: TroupeClient, display: Display, options: RoomOptions) {
    this.#client = client
    this.#display = display
    this.#options = options
    this.#context = options.context
    this.#authorNote = options.authorNote
    this.#characterIds = options.characterIds
    this.#stop = client.onEvent((event) => this.#onEvent(event))
    display.cast(client.ready.active_characters)
  }

  /** Undefined before the first message. */
  get conversation(): Conversation | undefined {
    return this.#conversation
  }

  get isBusy(): boolean {
    return this.#turn !== undefined
  }

  /** Ids of those who are there, or will be. */
  get castIds(): readonly string[] {
    const active = this.#client.ready.active_characters.map(({ id }) => id)
    return this.#conversation?.active_characters ?? this.#characterIds ?? active
  }

  /** Whether somebody speaks unasked. */
  get isOverheard(): boolean {
    return this.#endUnasked !== undefined
  }

  /** Goes into a stored conversation. @returns its latest messages. */
  async open(conversationId: string): Promise<readonly Message[]> {
    const opened = await this.#client.ask(
      'open_conversation',
      { conversation_id: conversationId },
      'conversation_opened',
    )
    this.#conversation = opened.conversation
    this.#display.cast(opened.active_characters)
    this.#display.show({ type: 'conversation_opened', data: opened })
    return opened.messages
  }

  /** The next message begins a new conversation with the same people. */
  leave(): void {
    this.#characterIds = this.castIds
    this.#conversation = undefined
    this.#context = this.#options.context
  }

  /** Texts that what is said next builds on. */
  addContext(texts: readonly ContextText[]): void {
    this.#context = [...this.#context, ...texts]
  }

  /** Those who are not there come in. */
  async callIn(characterIds: readonly string[]): Promise<void> {
    if (!this.#conversation) return
    const { conversation_id, active_characters: before } = this.#conversation
    const active_characters = [...new Set([...before, ...characterIds])]
    if (active_characters.length > before.length) await this.update({ conversation_id, active_characters })
  }

  /** Changes the conversation we are in. */
  async update(patch: ConversationPatch): Promise<void> {
    this.#conversation = await this.#client.request('update_conversation', patch)
  }

  /** Instructions that hold for the whole conversation. */
  async setAuthorNote(text: string): Promise<void> {
    this.#authorNote = text
    if (this.#conversation) await this.#storeAuthorNote(this.#conversation)
  }

  setModel(settings: ModelSettings): Promise<ModelSettings> {
    return this.#client.ask('model_settings', settings, 'model_settings_updated')
  }

  /** Says it, and resolves when everyone has answered. */
  async say(text: string): Promise<TurnResult> {
    await this.#prepare(text)
    return this.#run(() => this.#client.send('user_message', { text }))
  }

  /** Another wording of the last reply. */
  async regenerate(): Promise<TurnResult> {
    const last = await this.#lastReply()
    return this.#run(() => this.#client.send('regenerate_message', { message_id: last.message_id }))
  }

  /** The last reply goes on. */
  async continueReply(): Promise<TurnResult> {
    const last = await this.#lastReply()
    return this.#run(() => this.#client.send('continue_message', { message_id: last.message_id }))
  }

  /** Somebody says something unasked. */
  async nextTurn(characterId: string | undefined): Promise<TurnResult> {
    await this.#prepare('')
    if (characterId !== undefined) await this.callIn([characterId])
    const data = characterId === undefined ? {} : { character_id: characterId }
    return this.#run(() => this.#client.send('next_turn', data))
  }

  interrupt(): void {
    this.#client.send('interrupt', {})
  }

  [Symbol.dispose](): void {
    this.#stop()
  }

  /** Everything said so far, oldest first. */
  async lastMessages(limit: number): Promise<readonly Message[]> {
    if (!this.#conversation) return []
    const { conversation_id } = this.#conversation
    return this.#client.request('get_messages', { conversation_id, limit })
  }

  async #lastReply(): Promise<Message> {
    const last = (await this.lastMessages(50)).findLast((message) => message.role === 'assistant')
    if (!last) throw new CliError(EXIT.failure, 'Nobody has said anything here yet; say something first')
    return last
  }

  /** A conversation to speak in, with what it is to know. */
  async #prepare(firstText: string): Promise<void> {
    if (!this.#conversation) {
      const characterIds = this.#characterIds
      const conversation = await this.#client.request('create_conversation', {
        title: firstText === '' ? '' : titleFrom(firstText),
        ...(characterIds === undefined ? {} : { active_characters: [...characterIds] }),
      })
      await this.open(conversation.conversation_id)
      if (this.#authorNote !== undefined) await this.#storeAuthorNote(conversation)
    }
    for (const { name, text } of this.#context) await this.#storeContext(name, text)
    this.#context = []
  }

  async #storeContext(name: string, text: string): Promise<void> {
    const conversation_id = this.#conversation?.conversation_id ?? ''
    await this.#client.request('create_message', { conversation_id, role: 'system', name, content: text })
  }

  async #storeAuthorNote({ conversation_id }: Conversation): Promise<void> {
    const text = this.#authorNote ?? ''
    const author_note = text === '' ? null : { text, depth: NOTE_DEPTH, role: 'system' as const }
    await this.update({ conversation_id, author_note })
  }

  async #run(start: () => void): Promise<TurnResult> {
    const { lost } = this.#client
    const turn = new TurnWatch()
    const onLost = (): void => turn.fail(lost.reason)
    lost.addEventListener('abort', onLost, { once: true })
    this.#turn = turn
    try {
      start()
      return await turn.result
    } finally {
      // Somebody who did not wait for its end may have begun another one.
      if (this.#turn === turn) this.#turn = undefined
      lost.removeEventListener('abort', onLost)
    }
  }

  #onEvent(event: ServerEvent): void {
    if (isNews(event)) {
      const isOurs =
        'conversation_id' in event.data && event.data.conversation_id === this.#conversation?.conversation_id
      if (event.type === 'conversation_updated' && isOurs) this.#conversation = event.data
      return
    }
    const isUnasked = this.#turn === undefined
    if (isUnasked && event.type === 'turn_started') this.#endUnasked = this.onUnasked()
    this.#display.show(event)
    if (this.#turn?.follow(event)) this.#turn = undefined
    if (event.type === 'turn_ended') {
      this.#endUnasked?.()
      this.#endUnasked = undefined
    }
  }
}

const NEWS =
  /^(?:character|voice|conversation|message|persona|lorebook|note|alternative)s?_(?:data|created|updated|deleted)$/

/** Changes that were made elsewhere. */
function isNews(event: ServerEvent): event is Exclude<ServerEvent, ConversationEvent> {
  return event.type === 'db_error' || NEWS.test(event.type)
}
