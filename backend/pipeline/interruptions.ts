import { type ClientLink } from './client-link.ts'
import { heardLength } from './heard-text.ts'
import { type History } from './history.ts'
import { type Playback } from './playback.ts'
import { type SpokenMessage, type Turn } from './turn.ts'
import { type Heard } from './turn-queue.ts'

/** How long the next reply waits to learn how much of the last one was heard: a round trip to the browser. */
const MEMORY_LIMIT_MS = 150

export interface InterruptionsDeps {
  readonly link: ClientLink
  readonly history: History
  readonly playback: Playback
  readonly onFailure: (error: unknown) => void
}

/**
 * After an interruption: what was said shrinks to what was heard. Cut at once after what is known by then, and again
 * when the browser has told where its sound really stopped.
 */
export class Interruptions {
  readonly #deps: InterruptionsDeps
  #memory: Promise<void> = Promise.resolve()

  constructor(deps: InterruptionsDeps) {
    this.#deps = deps
  }

  /** Resolves when the history holds what was heard, as well as can be known soon. */
  memoryIsSettled(): Promise<void> {
    return this.#memory
  }

  /** To be called in the tick of the interruption. @returns what is known to have been heard of the sounding message. */
  remember(turn: Turn): Heard | undefined {
    const messages = turn.messages.filter((message) => !message.isReplay && message.content !== '')
    if (messages.length === 0) return undefined
    this.#deps.playback.freeze(turn)
    const sounding = this.#deps.playback.sounding(turn)
    for (const message of messages) void this.#cut(message)
    if (!sounding || sounding.isReplay) return undefined
    this.#memory = this.#deps.playback.nextReport(sounding, MEMORY_LIMIT_MS).then(() => this.#cut(sounding))
    this.#settle(sounding).catch(this.#deps.onFailure)
    return heardOf(sounding)
  }

  async #settle(message: SpokenMessage): Promise<void> {
    await this.#deps.playback.settled(message)
    await this.#cut(message)
    const { messageId: message_id, text: heard_text } = heardOf(message)
    const data = { epoch: message.turn.epoch, message_id, heard_text }
    this.#deps.link.send({ type: 'history_truncated', data })
  }

  async #cut(message: SpokenMessage): Promise<void> {
    const heard = heardLength(message)
    if (message.isWritten && heard >= message.content.length) return
    try {
      await this.#deps.history.cut(message, heard)
    } catch (error) {
      this.#deps.onFailure(error)
    }
  }
}

function heardOf(message: SpokenMessage): Heard {
  return { messageId: message.messageId, text: message.content.slice(0, heardLength(message)) }
}
