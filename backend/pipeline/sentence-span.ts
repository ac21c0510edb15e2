import { isCjk } from './letters.ts'

/** The longest stage direction or inline code that is kept whole. */
const LONGEST_SPAN_CHARS = 600
/** No marker is longer than this. */
const LONGEST_MARK_CHARS = 40

/**
 * Where a span ends; or that none begins here, and none that begins before `searchedTo` ends; or that its end may still
 * come, with the place to look from then.
 */
export type SpanEnd =
  | { readonly end: number }
  | { readonly searchedTo: number }
  | { readonly waitFrom: number }

/**
 * The span that begins at `at` and must not be cut: `*…*`, `_…_`, or inline code between backticks. `**` is no span.
 * @param isEnd whether no more text will come.
 * @param searchFrom the `waitFrom` of the last time, if there was one.
 */
export function spanAt(text: string, at: number, options: { isEnd: boolean; searchFrom: number }): SpanEnd {
  const { isEnd, searchFrom } = options
  const run = runLength(text, at)
  const mayGrow = (end: number): boolean => end === text.length && !isEnd
  if (mayGrow(at + run) && run < LONGEST_MARK_CHARS) return { waitFrom: 0 }
  const mark = text.charAt(at)
  if (mark !== '`' && (run > 1 || !opens(text, at))) return { searchedTo: at + run }
  const limit = Math.min(text.length, at + LONGEST_SPAN_CHARS)
  let index = Math.max(at + run, searchFrom)
  while (index < limit) {
    const step = text.charAt(index) === mark ? runLength(text, index) : 1
    if (text.charAt(index) === mark) {
      if (mayGrow(index + step)) return { waitFrom: index }
      if (step === run && (mark === '`' || closes(text, index))) return { end: index + step }
    } else if (isParagraphEnd(text, index)) return { searchedTo: index }
    index += step
  }
  return mayGrow(limit) && limit - at < LONGEST_SPAN_CHARS ? { waitFrom: index } : { searchedTo: limit }
}

function runLength(text: string, at: number): number {
  let end = at + 1
  while (end - at < LONGEST_MARK_CHARS && text.charCodeAt(end) === text.charCodeAt(at)) end += 1
  return end - at
}

function opens(text: string, at: number): boolean {
  return !isPartOfWord(text, at - 1) && /\S/.test(text.charAt(at + 1))
}

function closes(text: string, at: number): boolean {
  return /\S/.test(text.charAt(at - 1)) && !isPartOfWord(text, at + 1)
}

/** Whether an empty line ends at `at`. */
function isParagraphEnd(text: string, at: number): boolean {
  if (text.charAt(at) !== '\n') return false
  let before = at - 1
  while (text.charAt(before) === ' ' || text.charAt(before) === '\t') before -= 1
  return text.charAt(before) === '\n'
}

function isPartOfWord(text: string, at: number): boolean {
  return /[\p{L}\p{N}]/u.test(text.charAt(at)) && !isCjk(text.charCodeAt(at))
}
