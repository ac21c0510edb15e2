import { randomBytes } from 'node:crypto'
import { type DoorMessage } from '../core/contract.ts'

interface Kept {
  readonly messages: readonly DoorMessage[]
  readonly characters: number
}

interface Limits {
  readonly maxResponses: number
  /** Of all conversations together. */
  readonly maxCharacters: number
}

const LIMITS: Limits = { maxResponses: 1_000, maxCharacters: 32 * 1024 * 1024 }

/**
 * Conversations that programs continue by the id of the last answer. Those that were not used for the longest time are
 * forgotten first.
 */
export class ResponseMemory {
  readonly #limits: Limits
  readonly #kept = new Map<string, Kept>()
  #characters = 0

  constructor(limits: Limits = LIMITS) {
    this.#limits = limits
  }

  /** @returns the id under which the conversation goes on. */
  keep(messages: readonly DoorMessage[]): string {
    const id = newResponseId()
    const characters = messages.reduce((sum, message) => sum + sizeOf(message), 0)
    this.#kept.set(id, { messages, characters })
    this.#characters += characters
    this.#forgetOldest()
    return id
  }

  /** Undefined if it was never given out, or is forgotten. */
  find(id: string): readonly DoorMessage[] | undefined {
    const kept = this.#kept.get(id)
    if (!kept) return undefined
    this.#kept.delete(id)
    this.#kept.set(id, kept)
    return kept.messages
  }

  #forgetOldest(): void {
    const { maxResponses, maxCharacters } = this.#limits
    for (const [id, { characters }] of this.#kept) {
      if (this.#kept.size <= maxResponses && this.#characters <= maxCharacters) return
      this.#kept.delete(id)
      this.#characters -= characters
    }
  }
}

function newResponseId(): string {
  return `resp_${randomBytes(24).toString('hex')}`
}

function sizeOf({ parts }: DoorMessage): number {
  return parts.reduce((sum, part) => sum + (part.type === 'text' ? part.text : part.url).length, 0)
}
