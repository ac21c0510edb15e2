import { type Message } from '#shared/entities.ts'
import { AppError } from '../errors.ts'
import { type ConversationTurnDeps, runAgain, runReplay, runUnaskedTurn } from './conversation-turn.ts'
import { runImpersonation } from './impersonation.ts'
import { type TurnQueue, type TurnRequest } from './turn-queue.ts'

export interface MessageVerbsDeps extends ConversationTurnDeps {
  readonly queue: TurnQueue
}

/** What a user may ask for besides an answer. Each becomes a turn. */
export class MessageVerbs {
  readonly #deps: MessageVerbsDeps

  constructor(deps: MessageVerbsDeps) {
    this.#deps = deps
  }

  /**
   * Says a reply once more in other words: another alternative of its message.
   * @throws AppError `not_found`, or `invalid` if it is not a character's.
   */
  async regenerate(messageId: string): Promise<void> {
    const message = await this.#replyOf(messageId)
    this.#submitNow((turn) => runAgain(this.#deps, turn, { message, how: 'regenerate' }))
  }

  /**
   * Lets a character go on with what it said, in another alternative of its message; by default with the last reply.
   * @throws AppError `not_found` if there is nothing to go on from, `invalid` if it is not a character's.
   */
  async continueFrom(messageId?: string): Promise<void> {
    const id = messageId ?? (await this.#lastReply())?.message_id
    if (id === undefined) {
      throw new AppError('not_found', 'There is nothing to continue yet; say something first')
    }
    const message = await this.#replyOf(id)
    this.#submit((turn) => runAgain(this.#deps, turn, { message, how: 'continue' }))
  }

  /** Lets the character, or whoever is next, say something that nobody asked for. */
  async nextTurn(characterId?: string): Promise<void> {
    if (characterId !== undefined) await this.#checkPresent(characterId)
    await this.#deps.room.ensureStored('')
    this.#submit((turn) => runUnaskedTurn(this.#deps, turn, characterId))
  }

  /** Writes the user's next line, into `impersonation` events. */
  impersonate(): void {
    this.#submitNow((turn) => runImpersonation(this.#deps, turn))
  }

  /** @throws AppError `not_found` */
  async replay(messageId: string): Promise<void> {
    const { store } = this.#deps
    const message = await store.messages.get(messageId)
    if (message.character_id === null)
      throw new AppError('invalid', 'Only what a character said can be spoken again')
    const speaker = await store.characters.get(message.character_id)
    this.#submit((turn) => runReplay(this.#deps, turn, { message, speaker }))
  }

  #submit(run: TurnRequest['run']): void {
    this.#deps.queue.submit({ askedAtMs: this.#deps.clock.nowMs(), run })
  }

  #submitNow(run: TurnRequest['run']): void {
    this.#deps.queue.submitNow({ askedAtMs: this.#deps.clock.nowMs(), run })
  }

  async #replyOf(messageId: string): Promise<Message> {
    const message = await this.#deps.store.messages.get(messageId)
    if (message.conversation_id !== this.#deps.room.conversationId) {
      throw new AppError('invalid', 'This message is in another conversation; open that one first')
    }
    if (message.character_id === null) {
      throw new AppError('invalid', 'Only what a character said can be said again or continued')
    }
    return message
  }

  async #checkPresent(characterId: string): Promise<void> {
    const cast = await this.#deps.room.cast()
    if (cast.some(({ id }) => id === characterId)) return
    throw new AppError('not_found', 'This character is not in the conversation; add it to the cast first')
  }

  async #lastReply(): Promise<Message | undefined> {
    if (!(await this.#deps.room.isStored())) return undefined
    const lines = await this.#deps.history.lines(this.#deps.room.conversationId, 50)
    return lines.findLast((line) => line.character_id !== null)
  }
}
