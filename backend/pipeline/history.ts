import { type Message } from '#shared/entities.ts'
import { type CrudAnswer } from '#shared/protocol/events.ts'
import { AppError } from '../errors.ts'
import { SerialLane } from '../lib/serial-lane.ts'
import { type Store, type Wording } from '../store/contract.ts'
import { type SpokenMessage } from './turn.ts'

export interface HistoryDeps {
  readonly store: Store
  readonly publish: (change: CrudAnswer) => void
}

export interface UserText {
  readonly conversationId: string
  readonly messageId: string
  readonly name: string
  readonly text: string
  readonly isSpoken: boolean
}

/**
 * What is remembered of a conversation. Writes run one after another on a lane of their own that no interruption
 * stops: what was said stays said.
 */
export class History {
  readonly #deps: HistoryDeps
  readonly #lane = new SerialLane()
  /** How much of a message is stored as heard. */
  readonly #stored = new WeakMap<SpokenMessage, number>()

  /** Which alternative it has become. */
  readonly #indexes = new WeakMap<SpokenMessage, number>()
  /** What the user has said while somebody else was still being answered. */
  readonly #unanswered = new Set<string>()

  constructor(deps: HistoryDeps) {
    this.#deps = deps
  }

  /** Ids of what the user has said and whose turn has not come: the answers before it know nothing of it. */
  get unanswered(): ReadonlySet<string> {
    return this.#unanswered
  }

  /** Its turn has come. */
  begin(messageId: string): void {
    this.#unanswered.delete(messageId)
  }

  /** The turns that wait are forgotten. */
  forgetUnanswered(): void {
    this.#unanswered.clear()
  }

  /** @param before brings the conversation itself into being. */
  addUserText(text: UserText, before: () => Promise<unknown>): Promise<Message> {
    this.#unanswered.add(text.messageId)
    const stored = this.#addUserText(text, before)
    stored.catch(() => this.#unanswered.delete(text.messageId))
    return stored
  }

  #addUserText(text: UserText, before: () => Promise<unknown>): Promise<Message> {
    return this.#lane.run(async () => {
      await before()
      const message = await this.#deps.store.messages.createAs(text.messageId, {
        conversation_id: text.conversationId,
        role: 'user',
        name: text.name,
        content: text.text,
        character_id: null,
        is_interrupted: false,
        unheard: '',
        is_spoken: text.isSpoken,
        is_excluded: false,
        generation: null,
        tool_uses: [],
      })
      this.#deps.publish({ type: 'message_created', data: message })
      return message
    })
  }

  /** Stores a reply that has been written to its end; an interruption that comes first is the better word. */
  addReply(message: SpokenMessage): Promise<void> {
    return this.#run(async () => {
      if (isEmpty(message) || message.turn.signal.aborted) return
      await this.#create(message, message.content.length)
    })
  }

  /** Cuts a reply after what was heard of it. */
  cut(message: SpokenMessage, heardLength: number): Promise<void> {
    return this.#run(async () => {
      if (message.isReplay || isEmpty(message)) return
      const storedLength = this.#stored.get(message)
      if (storedLength === undefined) return this.#create(message, heardLength)
      if (storedLength === heardLength) return
      if (await this.#isReplaced(message)) return
      this.#stored.set(message, heardLength)
      const changed = await this.#deps.store.messages.update({
        message_id: message.messageId,
        ...cutFields(message, heardLength),
      })
      this.#deps.publish({ type: 'message_updated', data: changed })
    })
  }

  /**
   * The lines a prompt may draw on, oldest first: what was said and heard.
   * @param before only what was said before this message.
   */
  async lines(conversationId: string, limit: number, before?: string): Promise<Message[]> {
    await this.#lane.idle()
    if (!(await this.#deps.store.conversations.find(conversationId))) return []
    const page = { conversation_id: conversationId, limit, before }
    const messages = await this.#deps.store.messages.list(page)
    return messages.filter(({ content, message_id }) => content !== '' && !this.#unanswered.has(message_id))
  }

  /** Resolves when everything given so far is written. */
  idle(): Promise<void> {
    return this.#lane.idle()
  }

  /** What somebody has deleted meanwhile stays deleted. */
  #run(task: () => Promise<void>): Promise<void> {
    return this.#lane.run(async () => {
      try {
        await task()
      } catch (error) {
        if (!(error instanceof AppError && error.code === 'not_found')) throw error
      }
    })
  }

  /** Somebody has chosen another wording meanwhile. */
  async #isReplaced(message: SpokenMessage): Promise<boolean> {
    if (message.alternativeIndex === undefined) return false
    const { alternative_index } = await this.#deps.store.messages.get(message.messageId)
    return alternative_index !== this.#indexes.get(message)
  }

  async #addAlternative(message: SpokenMessage, heardLength: number): Promise<void> {
    const { messages } = this.#deps.store
    const wording = wordingOf(message, heardLength)
    const changed = await messages.addAlternative(message.messageId, wording, message.following)
    this.#stored.set(message, heardLength)
    this.#indexes.set(message, changed.alternative_index)
    this.#deps.publish({ type: 'message_updated', data: changed })
  }

  async #create(message: SpokenMessage, heardLength: number): Promise<void> {
    if (message.alternativeIndex !== undefined) return this.#addAlternative(message, heardLength)
    const created = await this.#deps.store.messages.createAs(message.messageId, {
      conversation_id: message.conversationId,
      role: 'assistant',
      name: message.speaker.name,
      character_id: message.speaker.id,
      is_spoken: false,
      is_excluded: false,
      generation: message.generation,
      tool_uses: message.toolUses,
      ...cutFields(message, heardLength),
    })
    this.#stored.set(message, heardLength)
    this.#deps.publish({ type: 'message_created', data: created })
  }
}

/** Neither said nor done anything. */
function isEmpty({ content, writtenBefore, toolUses }: SpokenMessage): boolean {
  return content.length === writtenBefore && toolUses.length === 0
}

function wordingOf(message: SpokenMessage, heardLength: number): Wording {
  return { ...cutFields(message, heardLength), generation: message.generation, tool_uses: message.toolUses }
}

function cutFields(message: SpokenMessage, heardLength: number) {
  const isInterrupted = heardLength < message.content.length || message.turn.signal.aborted
  return {
    content: message.content.slice(0, heardLength),
    unheard: message.content.slice(heardLength),
    is_interrupted: isInterrupted,
  }
}
