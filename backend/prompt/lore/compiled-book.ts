import { type Lorebook, type LoreEntry } from '#shared/entities.ts'
import { hashOf } from '../seeded.ts'
import { Automaton } from './automaton.ts'
import { type Decorators, readDecorators } from './decorators.ts'
import { type RegexKey, regexKey } from './key-regex.ts'

/** How one key is looked for. */
export type Key =
  | { readonly kind: 'plain'; readonly isExact: boolean; readonly number: number; readonly isWord: boolean }
  | { readonly kind: 'regex'; readonly regex: RegexKey }
  /** It holds macros: its words are known only when it is asked for. */
  | { readonly kind: 'macro'; readonly text: string; readonly isExact: boolean }

export interface CompiledEntry {
  /** `book/entry`. */
  readonly id: string
  /** Its place in the book. */
  readonly position: number
  readonly book: CompiledBook
  /** Its fields, decorators applied. */
  readonly entry: LoreEntry
  readonly decorators: Decorators
  readonly hash: number
  readonly scanDepth: number
  readonly groups: readonly string[]
  readonly keys: readonly Key[]
  readonly secondaryKeys: readonly Key[]
  readonly additionalKeys: readonly (readonly Key[])[]
  readonly excludedKeys: readonly Key[]
  /** Keys that cannot be used, and why. */
  readonly problems: readonly string[]
}

export interface CompiledBook {
  readonly id: string
  readonly name: string
  readonly isRecursive: boolean
  readonly tokenBudget: number | null
  /** The most that one of its entries searches, in messages. */
  readonly scanDepth: number
  /** The most important first. */
  readonly entries: readonly CompiledEntry[]
  readonly index: BookIndex
  /** For keys in which case does not matter; they are looked for in lower-case text. */
  readonly folded: Automaton | undefined
  readonly exact: Automaton | undefined
  readonly foldedCount: number
  readonly exactCount: number
}

/** What keeps a prompt from asking thousands of entries about themselves. */
export interface BookIndex {
  /** Entries by the number of a plain key, for keys in lower case and as written. */
  readonly byFoldedKey: ReadonlyMap<number, readonly CompiledEntry[]>
  readonly byExactKey: ReadonlyMap<number, readonly CompiledEntry[]>
  /** Entries that may be told though no plain key of theirs is found. */
  readonly unindexed: readonly CompiledEntry[]
  /** The rounds that entries wait for, in order. */
  readonly delayLevels: readonly number[]
  /** Entries with keys that cannot be used. */
  readonly faulty: readonly CompiledEntry[]
}

/** A book is written by a stranger: this many regular expressions, and letters of plain keys, are looked for. */
const MAX_REGEX_KEYS = 500
const MAX_KEY_CHARACTERS = 1_000_000

/** Letters of scripts that are written without spaces, or whose words take endings without one. */
const SPACELESS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

/** Makes the keys of a book ready to be looked for: milliseconds for a thousand of them, so keep the result. */
export function compileBook(book: Lorebook): CompiledBook {
  const keys = new KeyCollector()
  const entries: CompiledEntry[] = []
  const compiled: CompiledBook = {
    id: book.lorebook_id,
    name: book.name,
    isRecursive: book.is_recursive,
    tokenBudget: book.token_budget,
    entries,
    scanDepth: 0,
    index: indexOf([]),
    ...keys.none,
  }
  for (const entry of book.entries) {
    const making = { book, compiled, keys, position: entries.length }
    if (entry.is_enabled) entries.push(compileEntry(entry, making))
  }
  entries.sort((one, other) => other.entry.order - one.entry.order)
  const scanDepth = entries.reduce((most, entry) => Math.max(most, entry.scanDepth), 0)
  return Object.assign(compiled, keys.automata(), { scanDepth, index: indexOf(entries) })
}

interface Making {
  readonly position: number
  readonly book: Lorebook
  readonly compiled: CompiledBook
  readonly keys: KeyCollector
}

function compileEntry(original: LoreEntry, { book, compiled, keys, position }: Making): CompiledEntry {
  const decorators = readDecorators(original.content)
  const entry = { ...original, ...decorators.fields, content: decorators.content }
  const problems: string[] = []
  const isExact = entry.is_case_sensitive ?? book.is_case_sensitive
  const isWord = entry.matches_whole_words ?? book.matches_whole_words
  const made = (texts: readonly string[]): Key[] =>
    texts.flatMap((text) => keys.key(text.trim(), { isExact, isWord, problems }) ?? [])
  return {
    id: `${book.lorebook_id}/${entry.id}`,
    book: compiled,
    position,
    entry,
    decorators,
    hash: hashOf(original.content),
    scanDepth: entry.scan_depth ?? book.scan_depth,
    groups: entry.group
      .split(',')
      .map((group) => group.trim())
      .filter((group) => group !== ''),
    keys: made(entry.keys),
    secondaryKeys: made(entry.secondary_keys),
    additionalKeys: decorators.additionalKeys.map(made),
    excludedKeys: made(decorators.excludedKeys),
    problems,
  }
}

function indexOf(entries: readonly CompiledEntry[]): BookIndex {
  const byFoldedKey = new Map<number, CompiledEntry[]>()
  const byExactKey = new Map<number, CompiledEntry[]>()
  for (const entry of entries) {
    for (const key of entry.keys) {
      if (key.kind === 'plain') listAt(key.isExact ? byExactKey : byFoldedKey, key.number).push(entry)
    }
  }
  const levels = new Set(entries.map(({ entry }) => entry.delay_until_recursion))
  return {
    byFoldedKey,
    byExactKey,
    unindexed: entries.filter(isUnindexed),
    delayLevels: [...levels].filter((level) => level > 0).toSorted((one, other) => one - other),
    faulty: entries.filter(({ problems }) => problems.length > 0),
  }
}

function isUnindexed({ entry, decorators, keys }: CompiledEntry): boolean {
  return entry.is_constant || decorators.forced === 'on' || keys.some(({ kind }) => kind !== 'plain')
}

function listAt<Item>(lists: Map<number, Item[]>, number: number): Item[] {
  const known = lists.get(number) ?? []
  lists.set(number, known)
  return known
}

interface KeySettings {
  readonly isExact: boolean
  readonly isWord: boolean
  readonly problems: string[]
}

/** Gives every different plain key a number. */
class KeyCollector {
  readonly #folded = new Map<string, number>()
  readonly #exact = new Map<string, number>()
  #regexes = 0
  #characters = 0

  get none() {
    return { folded: undefined, exact: undefined, foldedCount: 0, exactCount: 0 }
  }

  key(text: string, { isExact, isWord, problems }: KeySettings): Key | undefined {
    if (text === '') return undefined
    if (text.includes('{{')) return { kind: 'macro', text, isExact }
    const regex = this.#regexes < MAX_REGEX_KEYS ? regexKey(text) : undefined
    if (regex && 'problem' in regex) {
      problems.push(regex.problem)
      return undefined
    }
    if (regex) {
      this.#regexes += 1
      return { kind: 'regex', regex }
    }
    const number = this.#numberOf(isExact ? this.#exact : this.#folded, foldedText(text, isExact))
    if (number === undefined) return undefined
    return { kind: 'plain', isExact, number, isWord: isWord && !/\s/.test(text) && !SPACELESS.test(text) }
  }

  automata() {
    const [folded, exact] = [this.#folded, this.#exact]
    return {
      folded: folded.size > 0 ? new Automaton([...folded.keys()]) : undefined,
      exact: exact.size > 0 ? new Automaton([...exact.keys()]) : undefined,
      foldedCount: folded.size,
      exactCount: exact.size,
    }
  }

  #numberOf(numbers: Map<string, number>, text: string): number | undefined {
    const known = numbers.get(text)
    if (known !== undefined) return known
    this.#characters += text.length
    if (this.#characters > MAX_KEY_CHARACTERS) return undefined
    numbers.set(text, numbers.size)
    return numbers.size - 1
  }
}

/** How keys, and the text they are looked for in, are made alike. */
export function foldedText(text: string, isExact: boolean): string {
  return isExact ? text.normalize('NFC') : text.normalize('NFC').toLowerCase()
}
