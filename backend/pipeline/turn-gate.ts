import { type AudioFrame } from '#shared/protocol/audio-frame.ts'
import { type ConversationEvent } from '#shared/protocol/events.ts'
import { type ClientLink } from './client-link.ts'
import { type Turn } from './turn.ts'

/**
 * The last gate, in the same tick as the socket: text and sound of a turn leave through here or not at all.
 * `close` raises the epoch; what belongs to an older one, however late it comes, is dropped and counted.
 */
export class TurnGate {
  readonly #link: ClientLink
  #lastEpoch = 0
  #closedUpTo = 0

  constructor(link: ClientLink) {
    this.#link = link
  }

  /** The epoch of a new turn. */
  open(): number {
    this.#lastEpoch += 1
    return this.#lastEpoch
  }

  /** Shuts every epoch given out so far. @returns the highest of them. */
  close(): number {
    this.#closedUpTo = this.#lastEpoch
    return this.#closedUpTo
  }

  isOpen(turn: Turn): boolean {
    return turn.epoch > this.#closedUpTo
  }

  send(turn: Turn, event: ConversationEvent): void {
    if (this.isOpen(turn)) this.#link.send(event)
    else turn.timings.staleDropped += 1
  }

  sendAudio(turn: Turn, frame: AudioFrame): void {
    if (this.isOpen(turn)) this.#link.sendAudio(frame)
    else turn.timings.staleDropped += 1
  }
}
