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
 * when the browser has told where its sound really stopped; if it tells late, once more.
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
    this.#deps.playback.freeze(turn)
    const sounding = this.#deps.playback.sounding(turn)
    if (!sounding || turn.messages.some((message) => message.isReplay)) return undefined
    this.#cutAll(turn).catch(this.#deps.onFailure)
    this.#memory = this.#learn(turn, sounding)
    this.#settle(turn, sounding).catch(this.#deps.onFailure)
    return sounding.content === '' ? undefined : heardOf(sounding)
  }

  /** What the next reply waits for. */
  async #learn(turn: Turn, sounding: SpokenMessage): Promise<void> {
    if (this.#deps.playback.isReporting) await this.#deps.playback.nextReport(sounding, MEMORY_LIMIT_MS)
    await this.#cutAll(turn).catch(this.#deps.onFailure)
  }

  async #settle(turn: Turn, sounding: SpokenMessage): Promise<void> {
    const { playback } = this.#deps
    const told = new Map<string, string>()
    await playback.settled(sounding)
    do {
      await this.#cutAll(turn)
      this.#tell(turn, told)
    } while (await playback.playedMore(sounding))
  }

  /** Tells how much was heard, of each message of which something else was told before. */
  #tell(turn: Turn, told: Map<string, string>): void {
    const cut = turn.messages.filter((message) => message.content !== '' && isCut(message))
    for (const message of cut) {
      const { messageId: message_id, text: heard_text } = heardOf(message)
      if (told.get(message_id) === heard_text) continue
      told.set(message_id, heard_text)
      const data = { epoch: turn.epoch, message_id, heard_text }
      this.#deps.link.send({ type: 'history_truncated', data })
    }
  }

  async #cutAll(turn: Turn): Promise<void> {
    const cut = turn.messages.filter(isCut)
    await Promise.all(cut.map((message) => this.#deps.history.cut(message, heardOf(message).text.length)))
  }
}

/** Whether anything of it was not heard, or not even written. */
function isCut(message: SpokenMessage): boolean {
  if (message.content.length === message.writtenBefore && message.toolUses.length === 0) return false
  return !message.isWritten || heardOf(message).text.length < message.content.length
}

function heardOf(message: SpokenMessage): Heard {
  const { sentences, playedSamples, sampleRate, writtenBefore } = message
  const length = message.isOnlyRead
    ? Math.min(message.shownLength, message.content.length)
    : writtenBefore + heardLength(sentences, playedSamples, sampleRate)
  const text = message.content.slice(0, length)
  return { messageId: message.messageId, text }
}
