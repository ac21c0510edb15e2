import { isLowerCase } from './letters.ts'
import { nextVisible, type Verdict, type View } from './sentence-context.ts'

/** Headings, table rows, rules. */
const LINE_OF_ITS_OWN = /^\s*(?:#{1,6}\s|\||(?:[-*_]\s*){3,}$)/
const GOES_ON_BEHIND = /[,;([{—–-]$/
const LIST_MARK = /^(?:[-+*•>|#`~—_]|\d{1,3}[.)])/
const UNDECIDED_LIST_MARK = /^\d{1,3}$/

/**
 * Whether the sentence ends with its line, at the line break `at`. A paragraph, heading, list item or table row does;
 * a line that was merely wrapped, or a verse that ends with a comma, does not.
 */
export function judgeLineBreak(view: View, at: number): Verdict {
  const { text, start } = view
  const from = nextVisible(view, at)
  if (from === 'wait') return 'wait'
  const line = text.slice(Math.max(start, text.lastIndexOf('\n', at - 1) + 1), at).trimEnd()
  if (from === 'paragraph' || LINE_OF_ITS_OWN.test(line) || line.endsWith(':')) return at
  const next = text.slice(from, from + 4)
  if (UNDECIDED_LIST_MARK.test(next) && from + next.length === text.length && !view.isEnd) return 'wait'
  if (LIST_MARK.test(next)) return at
  return GOES_ON_BEHIND.test(line) || isLowerCase(next.charAt(0)) ? 'goes_on' : at
}
