import { type Message } from '#shared/entities.ts'
import { type CrudAnswer } from '#shared/protocol/events.ts'
import { AppError } from '../errors.ts'
import { SerialLane } from '../lib/serial-lane.ts'
import { type Store } from '../store/contract.ts'
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

  constructor(deps: HistoryDeps) {
    this.#deps = deps
  }

  /** @param before brings the conversation itself into being. */
  addUserText(text: UserText, before: () => Promise<unknown>): Promise<Message> {
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
      if (message.content === '' || message.turn.signal.aborted) return
      await this.#create(message, message.content.length)
    })
  }

  /** Cuts a reply after what was heard of it. */
  cut(message: SpokenMessage, heardLength: number): Promise<void> {
    return this.#run(async () => {
      if (message.isReplay || message.content === '') return
      const storedLength = this.#stored.get(message)
      if (storedLength === undefined) return this.#create(message, heardLength)
      if (storedLength === heardLength) return
      this.#stored.set(message, heardLength)
      const changed = await this.#deps.store.messages.update({
        message_id: message.messageId,
        ...cutFields(message, heardLength),
      })
      this.#deps.publish({ type: 'message_updated', data: changed })
    })
  }

  /** The lines a prompt may draw on, oldest first: what was said and heard. */
  async lines(conversationId: string, limit: number): Promise<Message[]> {
    await this.#lane.idle()
    const messages = await this.#deps.store.messages.list({ conversation_id: conversationId, limit })
    return messages.filter((message) => message.content !== '')
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

  async #create(message: SpokenMessage, heardLength: number): Promise<void> {
    const created = await this.#deps.store.messages.createAs(message.messageId, {
      conversation_id: message.conversationId,
      role: 'assistant',
      name: message.speaker.name,
      character_id: message.speaker.id,
      is_spoken: false,
      is_excluded: false,
      generation: null,
      tool_uses: [],
      ...cutFields(message, heardLength),
    })
    this.#stored.set(message, heardLength)
    this.#deps.publish({ type: 'message_created', data: created })
  }
}

function cutFields(message: SpokenMessage, heardLength: number) {
  const isInterrupted = heardLength < message.content.length || message.turn.signal.aborted
  return {
    content: message.content.slice(0, heardLength),
    unheard: message.content.slice(heardLength),
    is_interrupted: isInterrupted,
  }
}
