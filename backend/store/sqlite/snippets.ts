import { type SnippetPart } from '#shared/entities.ts'
import { type SearchTerm } from './search-terms.ts'
import { folded, UNSPACED } from './search-text.ts'

const SNIPPET_CHARACTERS = 160
const BEFORE_CHARACTERS = 40

/** Finds in texts what an index found in them, for showing it. */
export type Snippets = (text: string) => readonly SnippetPart[]

/** Marks the terms in a text; where none of them is, the text's beginning is shown. */
export function snippetsOf(terms: readonly SearchTerm[]): Snippets {
  const pattern = terms.length === 0 ? undefined : new RegExp(terms.map(patternOf).join('|'), 'gu')
  return (text) => {
    const { plain, origins } = foldedWithOrigins(text)
    const marks = pattern ? marksIn(plain, pattern) : []
    const at = (index: number): number => origins?.[index] ?? index
    return cut(
      text,
      marks.map(([from, to]) => [at(from), at(to)]),
    )
  }
}

function patternOf({ pieces, isOpen }: SearchTerm): string {
  const words = pieces.map((piece) => folded(piece).replaceAll(/[^\p{L}\p{M}\p{N}]/gu, ''))
  const [first = '', last = ''] = [words[0], words.at(-1)]
  const before = UNSPACED.test(first) ? '' : String.raw`(?<![\p{L}\p{N}])`
  const after = UNSPACED.test(last) || isOpen ? '' : String.raw`(?![\p{L}\p{M}\p{N}])`
  const rest = isOpen && !UNSPACED.test(last) ? String.raw`[\p{L}\p{M}\p{N}]*` : ''
  return `${before}${words.join(String.raw`[^\p{L}\p{N}]*`)}${rest}${after}`
}

type Span = readonly [from: number, to: number]

function marksIn(plain: string, pattern: RegExp): Span[] {
  const spans: Span[] = []
  for (const match of plain.matchAll(pattern)) {
    if (spans.length > 0 && match.index > (spans[0]?.[0] ?? 0) + SNIPPET_CHARACTERS) break
    spans.push([match.index, match.index + match[0].length])
  }
  return spans
}

/** The text as it is compared, and from where in the text each of its characters comes. */
function foldedWithOrigins(text: string): { plain: string; origins?: readonly number[] } {
  const whole = folded(text)
  if (whole.length === text.length && /^[\0-\u024f]*$/.test(text) && !/[\u0130]/.test(text))
    return { plain: whole }
  const origins: number[] = []
  let plain = ''
  let index = 0
  for (const character of text) {
    const piece = folded(character)
    for (let i = 0; i < piece.length; i++) origins.push(index)
    plain += piece
    index += character.length
  }
  origins.push(index)
  return { plain, origins }
}

/** A piece of the text around the first mark, on one line. */
function cut(text: string, marks: readonly Span[]): SnippetPart[] {
  const from = startOf(text, marks[0]?.[0] ?? 0)
  const to = endOf(text, from)
  const parts: SnippetPart[] = []
  const add = (part: string, is_match: boolean): void => {
    if (part !== '') parts.push({ text: part.replaceAll(/\s+/g, ' '), is_match })
  }
  let done = from
  for (const [begin, end] of marks) {
    if (begin >= to) break
    add(text.slice(done, begin), false)
    add(text.slice(begin, end), true)
    done = end
  }
  add(text.slice(done, to), false)
  return parts
}

/** Not in the middle of a word, where there are spaces between words. */
function endOf(text: string, from: number): number {
  const to = from + SNIPPET_CHARACTERS
  if (to >= text.length) return text.length
  const space = text.slice(from, to + 1).search(/\s\S*$/)
  return space > SNIPPET_CHARACTERS / 2 ? from + space : to
}

/** Not in the middle of a word. */
function startOf(text: string, mark: number): number {
  if (mark <= BEFORE_CHARACTERS) return 0
  const from = mark - BEFORE_CHARACTERS
  const space = text.slice(from, mark).search(/\s/)
  return space === -1 ? from : from + space + 1
}
