import { type DoorMessage } from '../../core/contract.ts'

/** A response that can be gone on from. */
export interface KeptResponse {
  /** As it was told. */
  readonly response: object
  /** All that was said up to it, and it itself, without instructions. */
  readonly history: readonly DoorMessage[]
  /** Its own parts, by the ids of its items. */
  readonly items: ReadonlyMap<string, DoorMessage>
}

const MAX_KEPT = 1_000
const MAX_CHARACTERS = 50_000_000

/** The responses of late, in memory only; those that were not used for longest go first. */
export class KeptResponses {
  readonly #kept = new Map<string, { readonly response: KeptResponse; readonly characters: number }>()
  #characters = 0

  keep(id: string, response: KeptResponse): void {
    const characters = response.history.reduce((sum, message) => sum + sizeOf(message), 0)
    this.#kept.set(id, { response, characters })
    this.#characters += characters
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MAX_KEPT && this.#characters <= MAX_CHARACTERS) break
      this.delete(oldest)
    }
  }

  find(id: string): KeptResponse | undefined {
    const found = this.#kept.get(id)
    if (!found) return undefined
    this.#kept.delete(id)
    this.#kept.set(id, found)
    return found.response
  }

  /** An item of any of them. */
  item(id: string): DoorMessage | undefined {
    for (const { response } of this.#kept.values()) {
      const item = response.items.get(id)
      if (item) return item
    }
    return undefined
  }

  /** @returns whether there was one. */
  delete(id: string): boolean {
    this.#characters -= this.#kept.get(id)?.characters ?? 0
    return this.#kept.delete(id)
  }
}

function sizeOf({ parts, toolCalls = [] }: DoorMessage): number {
  const said = parts.reduce((sum, part) => sum + (part.type === 'text' ? part.text : part.url).length, 0)
  return said + toolCalls.reduce((sum, { argumentsJson }) => sum + argumentsJson.length, 0)
}
