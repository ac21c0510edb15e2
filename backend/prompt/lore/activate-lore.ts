import { chanceOf } from '../seeded.ts'
import { type TokenCounter } from '../token-counter.ts'
import { type Expanded } from '../macros/expand-macros.ts'
import { type CompiledBook, type CompiledEntry } from './compiled-book.ts'
import { EntryRules, type Phase } from './entry-rules.ts'
import { groupWinners } from './lore-groups.ts'
import { BookScan, REGEX_STEPS, type RecentLines } from './scan.ts'
import { type TimedEffects } from './timed-effects.ts'

export interface LoreInput {
  readonly books: readonly CompiledBook[]
  /** Ids of the books whose entries come before those of others. */
  readonly foremostBooks: ReadonlySet<string>
  readonly lines: RecentLines
  /** What the speaker is called, for entries that are only for some. */
  readonly speakerNames: readonly string[]
  /** How many lines characters have said. */
  readonly replyCount: () => number
  readonly contextTokens: number
  readonly turnSeed: string
  readonly effects: TimedEffects
  readonly counter: TokenCounter
  readonly expandKey: (text: string) => string
  readonly expandContent: (entry: CompiledEntry) => Expanded
}

export interface ActiveLore {
  readonly from: CompiledEntry
  readonly text: string
  readonly tokens: number
}

export interface LeftOutLore {
  readonly from: CompiledEntry
  readonly text: string
  readonly tokens: number
  readonly reason: string
}

export interface LoreResult {
  /** The most important first. */
  readonly active: readonly ActiveLore[]
  readonly leftOut: readonly LeftOutLore[]
}

/** Entries may make each other heard; a circle of strangers' making must end. */
const MAX_ROUNDS = 20

/**
 * Which entries are told: first those that the conversation speaks of, then, round by round, those that the told ones
 * speak of. What chance decides depends on the turn's seed and the entry alone.
 */
export function activateLore(input: LoreInput): LoreResult {
  return new Activation(input).run()
}

class Activation {
  readonly #input: LoreInput
  readonly #scans: ReadonlyMap<CompiledBook, BookScan>
  readonly #rules: EntryRules
  readonly #sticky: readonly CompiledEntry[]
  readonly #active = new Map<CompiledEntry, ActiveLore>()
  readonly #failed = new Set<CompiledEntry>()
  readonly #taken = new Set<string>()
  readonly #used = new Map<CompiledBook, number>()
  readonly #full = new Set<CompiledBook>()
  readonly #leftOut: LeftOutLore[] = []

  constructor(input: LoreInput) {
    this.#input = input
    const budget = { steps: REGEX_STEPS }
    this.#scans = new Map(input.books.map((book) => [book, new BookScan(book, input.lines, budget)]))
    this.#rules = new EntryRules(input, this.#scans)
    this.#sticky = stickyEntries(input)
  }

  run(): LoreResult {
    const levels = delayLevels(this.#input.books)
    let phase: Phase = { isRecursion: false, level: levels.shift() ?? 0 }
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const told = this.#round(phase)
      for (const scan of this.#scans.values()) for (const text of told) scan.addTold(text)
      const hasNews = told.length > 0 && this.#input.books.some((book) => this.#mayGoOn(book))
      if (!hasNews && levels.length === 0) break
      phase = { isRecursion: true, level: hasNews ? phase.level : (levels.shift() ?? phase.level) }
    }
    this.#reportProblems()
    return { active: [...this.#active.values()], leftOut: this.#leftOut }
  }

  #mayGoOn(book: CompiledBook): boolean {
    return book.isRecursive && !this.#full.has(book)
  }

  /** @returns the texts that may make other entries heard. */
  #round(phase: Phase): readonly string[] {
    const { effects, turnSeed } = this.#input
    const hits = this.#candidates()
      .filter((entry) => this.#isOpen(entry) && this.#rules.isHit(entry, phase))
      .toSorted((one, other) => this.#compare(one, other))
    const winners = groupWinners(hits, {
      turnSeed,
      taken: this.#taken,
      isSticky: (entry) => effects.isSticky(entry),
      score: (entry) => this.#rules.score(entry),
    })
    const overflowing = new Set<CompiledBook>()
    const told = winners.flatMap((winner) => this.#tell(winner, overflowing))
    for (const book of overflowing) this.#full.add(book)
    return told
  }

  /** All entries that could be told; asking the others would only take time. */
  #candidates(): readonly CompiledEntry[] {
    const candidates = new Set(this.#sticky)
    for (const [book, scan] of this.#scans) {
      for (const entry of book.index.unindexed) candidates.add(entry)
      for (const entry of scan.found) candidates.add(entry)
    }
    return [...candidates]
  }

  /** What goes on or is always told first, then the foremost books, then by order. */
  #compare(one: CompiledEntry, other: CompiledEntry): number {
    const { books, foremostBooks } = this.#input
    const isForemost = (entry: CompiledEntry): number => (foremostBooks.has(entry.book.id) ? 1 : 0)
    return (
      this.#urgency(other) - this.#urgency(one) ||
      isForemost(other) - isForemost(one) ||
      other.entry.order - one.entry.order ||
      books.indexOf(one.book) - books.indexOf(other.book) ||
      one.position - other.position
    )
  }

  #isOpen(entry: CompiledEntry): boolean {
    return !this.#active.has(entry) && !this.#failed.has(entry) && !this.#full.has(entry.book)
  }

  #urgency(entry: CompiledEntry): number {
    if (entry.decorators.isFirstToGo) return -1
    if (this.#input.effects.isSticky(entry)) return 2
    return entry.entry.is_constant ? 1 : 0
  }

  #tell(from: CompiledEntry, overflowing: Set<CompiledBook>): readonly string[] {
    const { entry, book } = from
    const { effects, counter, turnSeed } = this.#input
    const isCertain = entry.probability >= 100 || effects.isSticky(from)
    if (!isCertain && chanceOf(turnSeed, 'lore', from.id) * 100 >= entry.probability) {
      this.#failed.add(from)
      return []
    }
    const { text, hiddenKeys } = this.#input.expandContent(from)
    const tokens = counter.count(text)
    const used = (this.#used.get(book) ?? 0) + tokens
    if (!entry.ignores_budget && (overflowing.has(book) || used > this.#budgetOf(book))) {
      overflowing.add(book)
      this.#leftOut.push({ from, text, tokens, reason: `the lorebook "${book.name}" has no tokens left` })
      return []
    }
    this.#used.set(book, used)
    this.#active.set(from, { from, text, tokens })
    for (const group of from.groups) this.#taken.add(group)
    effects.noteActivated(from)
    return entry.prevents_recursion ? [] : [[text, ...hiddenKeys].join('\n')]
  }

  #budgetOf({ tokenBudget }: CompiledBook): number {
    return tokenBudget ?? Math.round(this.#input.contextTokens / 4)
  }

  #reportProblems(): void {
    const all = this.#input.books.flatMap(({ index }) => index.faulty)
    const faulty = all.filter((entry) => !this.#active.has(entry))
    for (const from of faulty.slice(0, MAX_PROBLEMS)) {
      this.#leftOut.push({ from, text: from.entry.content, tokens: 0, reason: from.problems.join('; ') })
    }
  }
}

const MAX_PROBLEMS = 20

function stickyEntries({ books, effects }: LoreInput): readonly CompiledEntry[] {
  const ids = effects.stickyIds()
  return ids.size === 0 ? [] : books.flatMap(({ entries }) => entries.filter(({ id }) => ids.has(id)))
}

function delayLevels(books: readonly CompiledBook[]): number[] {
  const levels = new Set(books.flatMap(({ index }) => index.delayLevels))
  return [...levels].toSorted((one, other) => one - other)
}
