import { isCjk, isDigit, isSpace } from './letters.ts'
import { isInParenthesis, quoteAround, type Verdict, type View } from './sentence-context.ts'
import { endOfClosing } from './sentence-stop.ts'

/** The shortest first fragment, in Latin letters; a Chinese or Japanese character counts for two. */
const FIRST_FRAGMENT_CHARS = 12
/** A piece of an endless text should not be shorter than this. */
const SHORTEST_PIECE_CHARS = 100

export function isClauseMark(character: string): boolean {
  return ',;:—，；：、'.includes(character)
}

/**
 * Whether a reply may begin to be spoken with the clause that ends at the mark `at`.
 * @param silentChars how many characters of the sentence so far are not spoken.
 */
export function judgeClause(view: View, at: number, silentChars: number): Verdict {
  const { text, start } = view
  if (spokenWidth(text.slice(start, at + 1)) - silentChars < FIRST_FRAGMENT_CHARS) return 'goes_on'
  const before = text.charCodeAt(at - 1)
  if (isDigit(before) || text.charAt(at - 1) === '.' || isInParenthesis(view, at)) return 'goes_on'
  if (isCjk(text.charCodeAt(at)))
    return text.charAt(at) === '、' || quoteAround(view, at) !== undefined ? 'goes_on' : at + 1
  const end = endOfClosing(text, at + 1)
  if (end === text.length && !view.isEnd) return 'wait'
  const isSpaced = isSpace(text.charCodeAt(end)) || text.charAt(at) === '—'
  return isSpaced && !/[.!?…:;,]/.test(text.charAt(end)) ? end : 'goes_on'
}

/** Whether a reply may begin to be spoken with what stands before an ellipsis, or with a quotation, whatever follows. */
export function isClauseStop(view: View, at: number, end: number): boolean {
  const { text, start } = view
  if (!/^(?:\.\.+|…+)$|^[.!?…]+["”’»]$/.test(text.slice(at, end)) || !isSpace(text.charCodeAt(end)))
    return false
  return spokenWidth(text.slice(start, at)) >= FIRST_FRAGMENT_CHARS && !isInParenthesis(view, at)
}

function spokenWidth(text: string): number {
  let width = text.length
  for (let index = 0; index < text.length; index += 1) {
    if (isCjk(text.charCodeAt(index))) width += 1
  }
  return width
}

/**
 * Where a text without full stops is cut before `at`: behind its last clause, or else its last word, or else at `at`.
 * @param from nothing before this may be cut.
 */
export function cutOfLongText(text: string, from: number, at: number): number {
  let lastSpace = -1
  for (let index = at - 1; index > from; index -= 1) {
    if (!isSpace(text.charCodeAt(index)) && !isCjk(text.charCodeAt(index))) continue
    const isClause = isClauseMark(text.charAt(isCjk(text.charCodeAt(index)) ? index : index - 1))
    if (isClause && index - from >= SHORTEST_PIECE_CHARS)
      return index + (isCjk(text.charCodeAt(index)) ? 1 : 0)
    if (lastSpace === -1 && isSpace(text.charCodeAt(index))) lastSpace = index
  }
  if (lastSpace !== -1) return lastSpace
  const isSplitPair = text.charCodeAt(at) >= 0xdc_00 && text.charCodeAt(at) <= 0xdf_ff
  return isSplitPair ? at - 1 : at
}
