import { folded, pairsOf, piecesOf, UNSPACED } from './search-text.ts'

/** One thing that is asked for. */
export interface SearchTerm {
  /** Words and runs of unspaced letters that stand next to each other. */
  readonly pieces: readonly string[]
  /** Whether its last word may go on. */
  readonly isOpen: boolean
}

/** What somebody typed into a field for searching. */
export interface SearchTerms {
  readonly all: readonly SearchTerm[]
  readonly none: readonly SearchTerm[]
  /** By the name before the colon, as they are compared. */
  readonly fields: readonly SearchField[]
}

export interface SearchField {
  readonly name: string
  readonly value: string
  readonly isExcluded: boolean
  readonly isOpen: boolean
}

const TOKEN = /(-)?(?:(tag|creator):(?:"([^"]*)("|$)|(\S*))|"([^"]*)("|$)|(\S+))/giu

/**
 * Words, `"phrases"`, `-words`, `tag:noir`, `-tag:"slow burn"`, `creator:somebody`. The last word may be unfinished.
 * Operators of the index mean nothing here.
 */
export function searchTerms(typed: string): SearchTerms {
  const all: SearchTerm[] = []
  const none: SearchTerm[] = []
  const fields: SearchField[] = []
  for (const match of typed.matchAll(TOKEN)) {
    const [whole, minus, field] = match
    const [quoted, closing, word] = field === undefined ? match.slice(6) : match.slice(3)
    const isLast = match.index + whole.length === typed.length
    const isExcluded = minus !== undefined
    const isOpen = isLast && closing !== '"'
    const text = quoted ?? word ?? ''
    if (field !== undefined) {
      const value = folded(text.trim())
      if (value !== '') fields.push({ name: field.toLowerCase(), value, isExcluded, isOpen })
      continue
    }
    const pieces = piecesOf(text)
    if (pieces.length === 0) continue
    // A word with a mark in it (`don't`, `e-mail`) is a phrase to the index; what is excluded is excluded as typed.
    const target = isExcluded ? none : all
    target.push({ pieces, isOpen: isOpen && !isExcluded })
  }
  return { all, none, fields }
}

/** A term in the language of the index. */
export function matchOf({ pieces, isOpen }: SearchTerm): string {
  const words = pieces.flatMap((piece, index) =>
    UNSPACED.test(piece) ? pairsOf(piece, index < pieces.length - 1) : [piece],
  )
  const last = pieces.at(-1) ?? ''
  // A single letter is the beginning of the pairs it is in.
  const isBeginning = UNSPACED.test(last)
    ? words.at(-1) === last && pieces.length > 0 && isSingle(last)
    : isOpen
  return `"${words.join(' ')}"${isBeginning ? '*' : ''}`
}

/**
 * All terms in the language of the index, of one column or of all.
 * @returns undefined if nothing is asked for that an index could find.
 */
export function matchAll(
  { all, none }: Pick<SearchTerms, 'all' | 'none'>,
  columns?: string,
): string | undefined {
  if (all.length === 0) return undefined
  const wanted = all.map(matchOf).join(' AND ')
  const unwanted = none.map(matchOf).join(' OR ')
  const query = unwanted === '' ? `(${wanted})` : `((${wanted}) NOT (${unwanted}))`
  return columns === undefined ? query : `{${columns}} : ${query}`
}

function isSingle(piece: string): boolean {
  return pairsOf(piece, false).length === 1 && pairsOf(piece, true).length === 1
}
