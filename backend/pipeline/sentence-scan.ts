import { isStarter } from './abbreviations.ts'
import { isCjk, isEmojiStart, isSpace } from './letters.ts'
import { cutOfLongText, isClauseMark, judgeClause } from './sentence-clause.ts'
import { endIfWord, endOfEmoji, type Verdict, type View } from './sentence-context.ts'
import { judgeLineBreak } from './sentence-line.ts'
import { spanAt } from './sentence-span.ts'
import { endOfClosing, endOfStop, isStop, judgeStop } from './sentence-stop.ts'

/** A text without a full stop is given out in pieces of about this length … */
const LONGEST_PIECE_CHARS = 300
/** … but not right behind a long stage direction … */
const SHORTEST_PIECE_BEHIND_SPAN_CHARS = 150
/** … unless there is no end of them. */
const LONGEST_PIECE_WITH_SPANS_CHARS = 900
/** However unclear a place is, no more than this is waited for. */
const LONGEST_WAIT_CHARS = 700
/** What may end a sentence or change how it is read; everything else is passed over. */
const SIGNAL = /[.!?…。！？｡‽,;:—，；：、\n*_`\ud83c-\ud83e\u2600-\u27bf\u2b00-\u2bff]/g

/** The sentence in hand. */
export interface Draft {
  /** What has arrived of it and behind it; begins with no space. */
  text: string
  /** Up to here it is known not to end. */
  at: number
  /** Where its last span (`*…*`, inline code) ends; nothing before is cut. */
  spanEnd: number
  /** For each marker of spans: none that begins before here has an end. */
  readonly searchedTo: Map<string, number>
  /** How many of its characters stand in spans. */
  spanChars: number
  /** Whether it opens the reply, so that a clause of it is given out. */
  readonly isFirst: boolean
  /** Whether another sentence stands before it on its line. */
  readonly isMidLine: boolean
  /** Whether its line is a dialogue in dashes (`—Ven —dijo Ana.`). */
  isDashDialogue: boolean
  hasEmoji: boolean
}

/** Where the sentence ends, or undefined if more text has to arrive before that can be said. */
export function findEnd(draft: Draft, isEnd: boolean): number | undefined {
  const { text } = draft
  if (!draft.isMidLine && /^[—–]/.test(text)) draft.isDashDialogue = true
  for (;;) {
    draft.at = nextSignal(text, draft.at)
    const longest = longestPiece(draft)
    if (draft.at >= longest) return cutOfLongText(text, draft.spanEnd, longest)
    if (draft.at === text.length) return undefined
    const at = draft.at
    const verdict = judge(draft, at, isEnd)
    if (typeof verdict === 'number') return verdict
    if (verdict === 'wait' && text.length - at < LONGEST_WAIT_CHARS) return undefined
    draft.at = Math.max(draft.at, at + 1)
  }
}

function nextSignal(text: string, from: number): number {
  SIGNAL.lastIndex = from
  return SIGNAL.exec(text)?.index ?? text.length
}

function longestPiece({ spanEnd }: Draft): number {
  const behindSpan = spanEnd === 0 ? 0 : spanEnd + SHORTEST_PIECE_BEHIND_SPAN_CHARS
  return Math.max(LONGEST_PIECE_CHARS, Math.min(behindSpan, LONGEST_PIECE_WITH_SPANS_CHARS), spanEnd)
}

/** Judges the signal at `at`; where it goes on, moves `draft.at` behind what was judged. */
function judge(draft: Draft, at: number, isEnd: boolean): Verdict {
  const { text, isDashDialogue, hasEmoji } = draft
  const view: View = { text, start: 0, isEnd, isDashDialogue, hasEmoji }
  const signal = text.charAt(at)
  if (isStop(signal)) {
    const end = endOfStop(text, at)
    const verdict = judgeStop(view, at, end)
    if (verdict === 'goes_on') draft.at = end
    return verdict
  }
  if (signal === '\n') return judgeLineBreak(view, at)
  if ('*_`'.includes(signal)) return judgeSpan(draft, view, at)
  if (isEmojiStart(text.charCodeAt(at))) return judgeEmoji(draft, view, at)
  return draft.isFirst && isClauseMark(signal) ? judgeClause(view, at, draft.spanChars) : 'goes_on'
}

/** Passes over a span; one that ends with a stop may end its sentence. */
function judgeSpan(draft: Draft, view: View, at: number): Verdict {
  const { text, isEnd } = view
  const mark = text.charAt(at)
  if (at < (draft.searchedTo.get(mark) ?? 0)) return 'goes_on'
  const span = spanAt(text, at, isEnd)
  if (span === 'wait') return 'wait'
  if ('searchedTo' in span) {
    draft.searchedTo.set(mark, span.searchedTo)
    return 'goes_on'
  }
  const end = endOfClosing(text, span.end)
  const isSentence = mark !== '`' && /[.!?…。！？]["”’」]?$/.test(text.slice(at, span.end - 1))
  if (isSentence && end === text.length) return isEnd ? end : 'wait'
  draft.at = span.end
  draft.spanEnd = span.end
  draft.spanChars += span.end - at
  const isFree = isSpace(text.charCodeAt(end)) || isCjk(text.charCodeAt(end))
  if (!isSentence || !isFree) return 'goes_on'
  return at === 0 ? end : endIfWord(view, end, () => true)
}

/** Emoji end a sentence where a new one begins behind them; between two of one line they stand alone. */
function judgeEmoji(draft: Draft, view: View, at: number): Verdict {
  const { text, isEnd } = view
  draft.hasEmoji = true
  const end = endOfEmoji(text, at)
  if (end === text.length) return isEnd ? end : 'wait'
  if (!isSpace(text.charCodeAt(end))) {
    draft.at = end
    return 'goes_on'
  }
  if (at === 0) return draft.isMidLine ? end : 'goes_on'
  return endIfWord(view, end, isStarter)
}
