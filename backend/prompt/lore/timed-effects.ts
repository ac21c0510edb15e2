import { type LoreMemory } from '../prompt-memory.ts'
import { type CompiledEntry } from './compiled-book.ts'

const FOREVER = Number.MAX_SAFE_INTEGER

/** What was told lately and goes on being told, or rests; counted in messages of the conversation. */
export class TimedEffects {
  readonly #messageCount: number
  readonly #known: Map<string, LoreMemory>

  constructor(memory: Readonly<Record<string, LoreMemory>>, messageCount: number) {
    this.#messageCount = messageCount
    // What came after messages that are gone never happened.
    const valid = Object.entries(memory).filter(
      ([, { activated_at, sticky_until, cooldown_until }]) =>
        activated_at <= messageCount && Math.max(sticky_until, cooldown_until) > messageCount,
    )
    this.#known = new Map(valid)
  }

  isSticky(entry: CompiledEntry): boolean {
    return (this.#of(entry)?.sticky_until ?? 0) > this.#messageCount
  }

  /** Ids of entries that go on being told. */
  stickyIds(): ReadonlySet<string> {
    const sticky = [...this.#known].filter(([, { sticky_until }]) => sticky_until > this.#messageCount)
    return new Set(sticky.map(([id]) => id))
  }

  /** Told before, and resting. Not in the turn in which it was told: another try of it says the same. */
  isCoolingDown(entry: CompiledEntry): boolean {
    const memory = this.#of(entry)
    if (!memory || this.isSticky(entry)) return false
    return memory.cooldown_until > this.#messageCount && memory.activated_at < this.#messageCount
  }

  isDelayed({ entry }: CompiledEntry): boolean {
    return this.#messageCount < entry.delay
  }

  noteActivated(activated: CompiledEntry): void {
    const { sticky, cooldown } = activated.entry
    const { afterMatch } = activated.decorators
    if (this.isSticky(activated) || (sticky === 0 && cooldown === 0 && afterMatch === undefined)) return
    const stickyUntil = afterMatch === 'keep' ? FOREVER : this.#messageCount + sticky
    this.#known.set(activated.id, {
      hash: activated.hash,
      activated_at: this.#messageCount,
      sticky_until: stickyUntil,
      cooldown_until: afterMatch === 'never' ? FOREVER : Math.min(stickyUntil + cooldown, FOREVER),
    })
  }

  memory(): Readonly<Record<string, LoreMemory>> {
    return Object.fromEntries(this.#known)
  }

  #of({ id, hash }: CompiledEntry): LoreMemory | undefined {
    const memory = this.#known.get(id)
    return memory?.hash === hash ? memory : undefined
  }
}
