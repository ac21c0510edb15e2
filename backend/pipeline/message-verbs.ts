import { type Message } from '#shared/entities.ts'
import { AppError } from '../errors.ts'
import { type ConversationTurnDeps, runAgain, runReplay, runUnaskedTurn } from './conversation-turn.ts'
import { runImpersonation } from './impersonation.ts'
import { type TurnQueue, type TurnRequest } from './turn-queue.ts'
import { type Turn } from './turn.ts'

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
    await this.#checkReply(messageId)
    this.#submitNow(async (turn) => this.#again(turn, await this.#checkReply(messageId), 'regenerate'))
  }

  /**
   * Lets a character go on with what it said, in another alternative of its message; by default with the last reply when
   * its turn has come.
   * @throws AppError `not_found` if there is nothing to go on from, `invalid` if it is not a character's.
   */
  async continueFrom(messageId?: string): Promise<void> {
    if (messageId !== undefined) await this.#checkReply(messageId)
    else if (!(await this.#deps.room.isStored())) throw nothingToContinue()
    this.#submit(async (turn) => {
      await this.#deps.memoryIsSettled()
      const id = messageId ?? (await this.#lastReply())?.message_id
      if (id === undefined) throw nothingToContinue()
      await this.#again(turn, await this.#checkReply(id), 'continue')
    })
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
    this.#deps.queue.submit({ askedAtMs: this.#deps.clock.nowMs(), run: this.#here(run) })
  }

  #submitNow(run: TurnRequest['run']): void {
    this.#deps.queue.submitNow({ askedAtMs: this.#deps.clock.nowMs(), run: this.#here(run) })
  }

  /** What was asked for in one room is not done in another. */
  #here(run: TurnRequest['run']): TurnRequest['run'] {
    const { room, queue } = this.#deps
    const { conversationId } = room
    return async (turn) => {
      if (room.conversationId === conversationId) await run(turn)
      else queue.finish(turn, 'failed')
    }
  }

  /** As things are now: it may have been regenerated, or cut, since it was asked for. */
  async #again(turn: Turn, message: Message, how: 'regenerate' | 'continue'): Promise<void> {
    const { room, history, store } = this.#deps
    const [newest] = await store.messages.list({ conversation_id: room.conversationId, limit: 1 })
    const following = { until: newest?.message_id ?? message.message_id, except: [...history.unanswered] }
    await runAgain(this.#deps, turn, { message, how, following })
  }

  async #checkReply(messageId: string): Promise<Message> {
    await this.#deps.history.idle()
    const message = await this.#deps.store.messages.getShown(messageId)
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
    const lines = await this.#deps.history.lines(this.#deps.room.conversationId, 50)
    return lines.findLast((line) => line.character_id !== null)
  }
}

function nothingToContinue(): AppError {
  return new AppError('not_found', 'There is nothing to continue yet; say something first')
}
