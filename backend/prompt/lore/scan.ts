import { type CompiledBook, type CompiledEntry, foldedText, type Key } from './compiled-book.ts'

/** A line of the conversation as it is searched, newest first. */
export type RecentLines = readonly string[]

/** The most that is searched, in characters. */
const MAX_SCAN_CHARACTERS = 100_000
/** Steps of regular expressions in one prompt: tens of milliseconds at the very worst. */
export const REGEX_STEPS = 20_000_000

/** What all regular expressions of one prompt may cost together. */
export interface RegexBudget {
  steps: number
}

/**
 * Where the keys of one book stand in the newest messages, and in what entries tell. The text is laid out with the
 * newest message first, so that any entry's own depth is a prefix of it and one pass serves them all.
 */
export class BookScan {
  readonly #book: CompiledBook
  readonly #budget: RegexBudget
  readonly #folded: Layout
  readonly #exact: Layout
  readonly #found = new Set<CompiledEntry>()
  #told = ''

  constructor(book: CompiledBook, lines: RecentLines, budget: RegexBudget) {
    this.#book = book
    this.#budget = budget
    const searched = lines.slice(0, book.scanDepth)
    this.#folded = new Layout(searched, false, book.foldedCount)
    this.#exact = new Layout(searched, true, book.exactCount)
    this.#read(this.#folded.hits, this.#folded.text, false)
    this.#read(this.#exact.hits, this.#exact.text, true)
  }

  /** Entries of which a key was found somewhere; none of the others with nothing but plain keys is spoken of. */
  get found(): ReadonlySet<CompiledEntry> {
    return this.#found
  }

  /** Adds a text that an entry tells to what is searched, if the book wants that. */
  addTold(text: string): void {
    if (!this.#book.isRecursive || this.#told.length > MAX_SCAN_CHARACTERS) return
    this.#told += `\n${text}`
    this.#read(this.#folded.told, foldedText(text, false), false)
    this.#read(this.#exact.told, foldedText(text, true), true)
  }

  #read(hits: Hits, text: string, isExact: boolean): void {
    const { index, folded, exact } = this.#book
    const byKey = isExact ? index.byExactKey : index.byFoldedKey
    hits.read(isExact ? exact : folded, text, (key) => {
      for (const entry of byKey.get(key) ?? []) this.#found.add(entry)
    })
  }

  matches(key: Key, { scanDepth }: CompiledEntry, expanded: (text: string) => string): boolean {
    if (key.kind === 'plain') {
      const { hits, told, ends } = key.isExact ? this.#exact : this.#folded
      const end = ends[Math.min(scanDepth, ends.length - 1)] ?? 0
      return hits.endOf(key.number, key.isWord) <= end || told.endOf(key.number, key.isWord) < NOWHERE
    }
    const text = this.#exact.text.slice(0, this.#exact.ends[Math.min(scanDepth, this.#exact.ends.length - 1)])
    const whole = this.#told === '' ? text : `${text}\n${this.#told}`
    if (key.kind === 'macro') {
      const wanted = foldedText(expanded(key.text).trim(), key.isExact)
      return wanted !== '' && foldedText(whole, key.isExact).includes(wanted)
    }
    const steps = whole.length * key.regex.stepsPerCharacter
    if (steps > this.#budget.steps) return false
    this.#budget.steps -= steps
    return key.regex.test(whole)
  }
}

const NOWHERE = 0x7fffffff

/** The lines of the conversation as one text, and where each depth of it ends. */
class Layout {
  readonly text: string
  /** Per depth: how much of the text it takes in. */
  readonly ends: readonly number[]
  readonly hits: Hits
  readonly told: Hits

  constructor(lines: RecentLines, isExact: boolean, keyCount: number) {
    const ends = [0]
    let text = ''
    for (const line of lines) {
      if (text.length > MAX_SCAN_CHARACTERS) break
      text += `\n\u0001${foldedText(line, isExact)}`
      ends.push(text.length)
    }
    this.text = text
    this.ends = ends
    this.hits = new Hits(keyCount)
    this.told = new Hits(keyCount)
  }
}

/** Per key, where it first ends: anywhere, and as a word of its own. */
class Hits {
  readonly #anywhere: Int32Array
  readonly #asWord: Int32Array

  constructor(keyCount: number) {
    this.#anywhere = new Int32Array(keyCount).fill(NOWHERE)
    this.#asWord = new Int32Array(keyCount).fill(NOWHERE)
  }

  read(automaton: CompiledBook['folded'], text: string, onFirst: (key: number) => void): void {
    automaton?.scan(text, (key, start, end) => {
      if (this.#anywhere[key] === NOWHERE) onFirst(key)
      if (end < (this.#anywhere[key] ?? 0)) this.#anywhere[key] = end
      if (end < (this.#asWord[key] ?? 0) && isWord(text, start, end)) this.#asWord[key] = end
    })
  }

  endOf(key: number, asWord: boolean): number {
    return (asWord ? this.#asWord : this.#anywhere)[key] ?? NOWHERE
  }
}

/** Whether neither side of a place goes on with a letter, a digit or a mark, of whatever script. */
function isWord(text: string, start: number, end: number): boolean {
  const isLow = /[\udc00-\udfff]/.test(text.charAt(start - 1))
  const before = text.slice(Math.max(0, start - (isLow ? 2 : 1)), start)
  const after = String.fromCodePoint(text.codePointAt(end) ?? 0x20)
  return !LETTER.test(before) && !LETTER.test(after)
}

const LETTER = /[\p{L}\p{N}\p{M}]/u
