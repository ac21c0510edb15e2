import { type ChatMessage } from '../chats/chat.ts'
import { type Store } from '../store/contract.ts'

/** Who of the library speaks in a chat. */
export class Speakers {
  readonly #store: Store
  readonly #given: string | undefined
  readonly #known = new Map<string, string | null>()
  readonly #cast = new Set<string>()
  readonly #unmatched = new Set<string>()

  /** @param given whose chat it is, as the user says: whoever is nobody else. */
  constructor(store: Store, given: string | undefined) {
    this.#store = store
    this.#given = given
  }

  /** In the order in which they first spoke. */
  get cast(): string[] {
    return [...this.#cast]
  }

  get unmatched(): string[] {
    return [...this.#unmatched]
  }

  /** @returns undefined if it is not known yet; ask `find`. */
  known({ role, name, file }: ChatMessage): string | null | undefined {
    return role === 'assistant' ? this.#known.get(keyOf(name, file)) : null
  }

  async find({ name, file }: ChatMessage): Promise<string | null> {
    // A chat of one character belongs to whom the user says, whatever it was called then.
    const isNamed = this.#given === undefined || file !== undefined
    const found =
      isNamed && (name !== '' || file)
        ? await this.#store.conversations.findSpeaker({ name, file })
        : undefined
    const id = found ?? this.#given ?? null
    this.#known.set(keyOf(name, file), id)
    if (id !== null) this.#cast.add(id)
    else this.#unmatched.add(name || 'Somebody')
    return id
  }
}

function keyOf(name: string, file: string | undefined): string {
  return JSON.stringify([name, file])
}
