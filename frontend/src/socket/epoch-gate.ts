import { type ServerEvent } from '#shared/protocol/events.ts'

/**
 * The one place where what belongs to an interrupted turn is dropped. It closes for all turns seen so far when the
 * user interrupts, and for all turns up to the acknowledged one when the server says so.
 */
export class EpochGate {
  #closedUpTo = -1
  #newest = -1

  /** The newest turn that was seen, or -1. */
  get newest(): number {
    return this.#newest
  }

  /** Whether text or sound of this turn may pass. Remembers that the turn exists. */
  admits(epoch: number): boolean {
    this.#newest = Math.max(this.#newest, epoch)
    return epoch > this.#closedUpTo
  }

  /** Nothing of this turn or any before it passes any more. */
  closeUpTo(epoch: number): void {
    this.#closedUpTo = Math.max(this.#closedUpTo, epoch)
  }

  /**
   * Closes for everything seen so far.
   * @returns the newest turn it is now closed for.
   */
  closeForSeen(): number {
    this.closeUpTo(this.#newest)
    return this.#newest
  }

  /** A new session counts its turns from the beginning. */
  reset(): void {
    this.#closedUpTo = -1
    this.#newest = -1
  }
}

/** Whether an event is text or sound of a turn, as opposed to news about it: how it ended must always pass. */
export function isGated(event: ServerEvent): event is Extract<ServerEvent, { type: GatedType }> {
  return /^(text|audio)_/.test(event.type) || event.type === 'tool_use' || event.type === 'impersonation'
}

type GatedType = `text_${string}` | `audio_${string}` | 'tool_use' | 'impersonation'
