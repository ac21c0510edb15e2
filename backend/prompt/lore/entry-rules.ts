import { type CompiledBook, type CompiledEntry, type Key } from './compiled-book.ts'
import { type BookScan } from './scan.ts'
import { type TimedEffects } from './timed-effects.ts'

/** Which round it is: the first looks at the conversation, later ones also at what entries tell. */
export interface Phase {
  readonly isRecursion: boolean
  /** Entries that wait for a later one are not told yet. */
  readonly level: number
}

export interface RuleInput {
  readonly effects: TimedEffects
  readonly speakerNames: readonly string[]
  readonly replyCount: () => number
  readonly expandKey: (text: string) => string
}

/** Whether an entry is to be told, by its own fields and by what was said. */
export class EntryRules {
  readonly #input: RuleInput
  readonly #scans: ReadonlyMap<CompiledBook, BookScan>
  readonly #names: ReadonlySet<string>

  constructor(input: RuleInput, scans: ReadonlyMap<CompiledBook, BookScan>) {
    this.#input = input
    this.#scans = scans
    this.#names = new Set(input.speakerNames.map((name) => name.toLowerCase()))
  }

  isHit(entry: CompiledEntry, phase: Phase): boolean {
    const { effects } = this.#input
    if (!this.#isForSpeaker(entry) || effects.isDelayed(entry) || effects.isCoolingDown(entry)) return false
    const isSticky = effects.isSticky(entry)
    if (!isSticky && !isInPhase(entry, phase)) return false
    if (!this.#isItsTurn(entry)) return false
    if (entry.decorators.forced !== undefined) return entry.decorators.forced === 'on'
    if (this.#hasAny(entry.excludedKeys, entry)) return false
    return isSticky || entry.entry.is_constant || this.#isSpokenOf(entry)
  }

  /** How many of its keys were found. */
  score(entry: CompiledEntry): number {
    const found = this.#count(entry.keys, entry)
    const { secondary_logic } = entry.entry
    const { secondaryKeys } = entry
    if (found === 0 || secondaryKeys.length === 0) return found
    const secondary = this.#count(secondaryKeys, entry)
    if (secondary_logic === 'any') return found + secondary
    return secondary_logic === 'all' && secondary === secondaryKeys.length ? found + secondary : found
  }

  #isSpokenOf(entry: CompiledEntry): boolean {
    return (
      this.#hasAny(entry.keys, entry) &&
      this.#isSecondaryMet(entry) &&
      entry.additionalKeys.every((keys) => this.#hasAny(keys, entry))
    )
  }

  #isSecondaryMet(entry: CompiledEntry): boolean {
    const { secondaryKeys } = entry
    if (secondaryKeys.length === 0) return true
    const found = this.#count(secondaryKeys, entry)
    const { secondary_logic: logic } = entry.entry
    if (logic === 'any') return found > 0
    if (logic === 'not_any') return found === 0
    return (found === secondaryKeys.length) === (logic === 'all')
  }

  #isForSpeaker({ entry }: CompiledEntry): boolean {
    if (entry.character_filter.length === 0) return true
    const isNamed = entry.character_filter.some((name) => this.#names.has(name.toLowerCase()))
    return isNamed !== entry.is_character_filter_inverted
  }

  #isItsTurn({ decorators: { onlyAfter, onlyEvery } }: CompiledEntry): boolean {
    if (onlyAfter !== undefined && this.#input.replyCount() < onlyAfter) return false
    return onlyEvery === undefined || this.#input.replyCount() % onlyEvery === 0
  }

  #hasAny(keys: readonly Key[], entry: CompiledEntry): boolean {
    return keys.some((key) => this.#has(key, entry))
  }

  #count(keys: readonly Key[], entry: CompiledEntry): number {
    return keys.filter((key) => this.#has(key, entry)).length
  }

  #has(key: Key, entry: CompiledEntry): boolean {
    return this.#scans.get(entry.book)?.matches(key, entry, this.#input.expandKey) ?? false
  }
}

function isInPhase({ entry }: CompiledEntry, { isRecursion, level }: Phase): boolean {
  const { delay_until_recursion: wait, is_excluded_from_recursion: isExcluded } = entry
  if (!isRecursion) return wait === 0
  return !isExcluded && wait <= level
}
