import { type CardReport } from '#shared/entities.ts'

/** More of one kind nobody reads. */
const MAX_ENTRIES = 200
const MAX_CHARACTERS = 300

/** Collects what became of a chat while it is read: bounded, however long and broken the chat is. */
export class ChatReport {
  readonly #repaired: CardReport['repaired'] = []
  readonly #ignored: CardReport['ignored'] = []
  readonly #kept = new Set<string>()
  #more = 0

  repaired(path: string, rule: string, change: { readonly from: unknown; readonly to: unknown }): void {
    if (this.#repaired.length >= MAX_ENTRIES) this.#more += 1
    else this.#repaired.push({ path, rule, from: short(change.from), to: short(change.to) })
  }

  ignored(path: string, reason: string): void {
    if (this.#ignored.length >= MAX_ENTRIES) this.#more += 1
    else this.#ignored.push({ path, reason })
  }

  kept(path: string): void {
    if (this.#kept.size < MAX_ENTRIES) this.#kept.add(path)
  }

  result(): CardReport {
    const more = this.#more > 0 ? [{ path: '…', reason: `and ${this.#more} more that are not listed` }] : []
    return {
      repaired: [...this.#repaired],
      ignored: [...this.#ignored, ...more],
      kept: [...this.#kept].map((path) => ({ path })),
    }
  }
}

function short(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS).toWellFormed()}…` : text
}
