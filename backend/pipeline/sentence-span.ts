import { isCjk } from './letters.ts'

/** The longest stage direction or inline code that is kept whole. */
const LONGEST_SPAN_CHARS = 600
/** No marker is longer than this. */
const LONGEST_MARK_CHARS = 40

/** Where a span ends; or that none begins here and none that begins before `searchedTo` ends; or that more text is needed. */
export type SpanEnd = { readonly end: number } | { readonly searchedTo: number } | 'wait'

/**
 * The span that begins at `at` and must not be cut: `*…*`, `_…_`, or inline code between backticks. `**` is no span.
 * @param isEnd whether no more text will come.
 */
export function spanAt(text: string, at: number, isEnd: boolean): SpanEnd {
  const window = text.slice(at, at + LONGEST_SPAN_CHARS)
  const run = runLength(window, 0)
  const isUnfinished = at + window.length === text.length && window.length < LONGEST_SPAN_CHARS && !isEnd
  if (run === window.length && isUnfinished) return 'wait'
  const isCode = window.startsWith('`')
  if (!isCode && (run > 1 || !opens(text, at))) return { searchedTo: at + run }
  const paragraphEnd = /\n[ \t]*\n/.exec(window)?.index ?? window.length
  const closing = isCode ? window.indexOf('`'.repeat(run), run) : closingMark(window)
  if (closing !== -1 && closing < paragraphEnd) {
    const end = closing + run
    return end === window.length && isUnfinished ? 'wait' : { end: at + end }
  }
  return paragraphEnd === window.length && isUnfinished ? 'wait' : { searchedTo: at + paragraphEnd }
}

export function runLength(text: string, at: number): number {
  let end = at + 1
  while (end - at < LONGEST_MARK_CHARS && text.charAt(end) === text.charAt(at)) end += 1
  return end - at
}

function opens(text: string, at: number): boolean {
  return !isPartOfWord(text, at - 1) && /\S/.test(text.charAt(at + 1))
}

function closingMark(window: string): number {
  const mark = window.charAt(0)
  let index = window.indexOf(mark, 1)
  while (index !== -1) {
    const run = runLength(window, index)
    if (run === 1 && /\S/.test(window.charAt(index - 1)) && !isPartOfWord(window, index + 1)) return index
    index = window.indexOf(mark, index + run)
  }
  return -1
}

function isPartOfWord(text: string, at: number): boolean {
  return /[\p{L}\p{N}]/u.test(text.charAt(at)) && !isCjk(text.charCodeAt(at))
}
