import { type TextRange } from './types.ts'

/** A word of a text, and where it stands. */
export interface Token extends TextRange {
  readonly word: string
  /** Between asterisks: usually a stage direction, which is not spoken. */
  readonly isAside: boolean
}

/** Scripts without spaces count every character as a word. */
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*/gu
const ASIDE = /\*[^*]+\*/g

/** The words of `text`; their places are counted from the start of what `offset` is an index of. */
export function tokensOf(text: string, offset = 0): Token[] {
  const asides = [...text.matchAll(ASIDE)].map(
    ({ index, 0: aside }) => [index, index + aside.length] as const,
  )
  return [...text.matchAll(WORD)].map(({ index, 0: word }) => ({
    word: normal(word),
    start: offset + index,
    end: offset + index + word.length,
    isAside: asides.some(([start, end]) => index > start && index < end),
  }))
}

/** Without case, accents, and the difference between apostrophes. */
function normal(word: string): string {
  return word.normalize('NFKD').replace(/\p{M}/gu, '').replace(/’/g, "'").toLowerCase()
}

const SPOKEN = 10
/** What stands between asterisks is the worse place to find a word, but better than none. */
const ASIDE_SCORE = 9

/**
 * Finds each of `words` among `tokens`, in order, as many as possible: markup, stage directions and whatever else is
 * written but not spoken is passed over.
 * @returns for each word the index of its token, or null.
 */
export function alignWords(words: readonly string[], tokens: readonly Token[]): (number | null)[] {
  const scores = scoreTable(words, tokens)
  const at = (row: number, column: number): number => scores[row]?.[column] ?? 0
  const found: (number | null)[] = []
  let column = 0
  for (const [row, word] of words.entries()) {
    // Going on to the next token is free as long as the rest can still be aligned as well as before.
    while (column < tokens.length && at(row, column + 1) === at(row, column)) column += 1
    const token = tokens[column]
    const isFound = token?.word === word && at(row, column) > at(row + 1, column)
    found.push(isFound ? column : null)
    if (isFound) column += 1
  }
  return found
}

/** How well words from `row` on can be found among tokens from `column` on. */
function scoreTable(words: readonly string[], tokens: readonly Token[]): Float64Array[] {
  const table = Array.from({ length: words.length + 1 }, () => new Float64Array(tokens.length + 1))
  for (let row = words.length - 1; row >= 0; row--) {
    for (let column = tokens.length - 1; column >= 0; column--) {
      const token = tokens[column]
      const skip = Math.max(table[row + 1]?.[column] ?? 0, table[row]?.[column + 1] ?? 0)
      const isSame = token !== undefined && token.word === words[row]
      const score = token?.isAside === true ? ASIDE_SCORE : SPOKEN
      const take = isSame ? score + (table[row + 1]?.[column + 1] ?? 0) : 0
      table[row]?.fill(Math.max(skip, take), column, column + 1)
    }
  }
  return table
}
