import { type Speaking } from '#shared/entities.ts'
import { isCjk } from './letters.ts'

interface Entry {
  readonly key: string
  readonly spoken: string
}

/**
 * How words are said that are written otherwise: whole words, whatever their case, the longest first. Scripts without
 * spaces have no whole words; there an entry holds wherever it stands.
 */
export class Pronunciations {
  readonly #entries = new Map<string, Entry[]>()

  constructor(entries: Speaking['pronunciations']) {
    for (const { written, spoken } of entries) {
      const forms = new Set([written.normalize('NFC'), written.normalize('NFD')].map(folded))
      for (const key of forms) this.#put({ key, spoken })
    }
    for (const list of this.#entries.values()) list.sort((one, other) => other.key.length - one.key.length)
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0
  }

  /** What is said of the text from `at` on, and how much of the text it stands for. */
  at(text: string, at: number): { readonly spoken: string; readonly length: number } | undefined {
    const entries = this.#entries.get(folded(text.charAt(at)))
    const found = entries?.find(
      ({ key }) =>
        folded(text.slice(at, at + key.length)) === key && isWhole(text, { start: at, end: at + key.length }),
    )
    return found && { spoken: found.spoken, length: found.key.length }
  }

  #put(entry: Entry): void {
    const first = entry.key.charAt(0)
    const list = this.#entries.get(first) ?? []
    // The first of two entries for one word holds.
    if (!list.some(({ key }) => key === entry.key)) list.push(entry)
    this.#entries.set(first, list)
  }
}

/** Without case and the difference between apostrophes or between white spaces. The length stays. */
function folded(text: string): string {
  const lower = text.toLowerCase()
  return (lower.length === text.length ? lower : text).replaceAll(/[’ʼ]/g, "'").replaceAll(/\s/g, ' ')
}

const LETTER_BEFORE = /[\p{L}\p{N}\p{M}]$/u
const LETTER_BEHIND = /^[\p{L}\p{N}\p{M}]/u

/** Whether no letter beside it belongs to the same word. */
function isWhole(text: string, { start, end }: { start: number; end: number }): boolean {
  const found = text.slice(start, end)
  const before = text.slice(Math.max(0, start - 2), start)
  const behind = text.slice(end, end + 2)
  const isJoinedBefore =
    LETTER_BEHIND.test(found) && LETTER_BEFORE.test(before) && !areCjk(before.at(-1), found.at(0))
  const isJoinedBehind =
    LETTER_BEFORE.test(found) && LETTER_BEHIND.test(behind) && !areCjk(found.at(-1), behind.at(0))
  return !isJoinedBefore && !isJoinedBehind
}

/** Whether either is of a script without spaces. */
function areCjk(...letters: readonly (string | undefined)[]): boolean {
  return letters.some((letter) => letter !== undefined && isCjk(letter.charCodeAt(0)))
}
