import { isStarter } from './abbreviations.ts'
import { codesOf, isCjk, isEmojiStart, isSpace } from './letters.ts'
import { cutOfLongText, isClauseMark, isClauseStop, judgeClause } from './sentence-clause.ts'
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
/** What may end a sentence or change how it is read; everything else is passed over. Emoji too. */
const SIGNALS = codesOf('.!?…。！？｡‽,;:—，；：、\n*_`')
/** The same for the characters of nearly all English text, where a set would be slow. */
const ASCII_SIGNALS = Uint8Array.from({ length: 128 }, (_, code) => Number(SIGNALS.has(code)))

/** The sentence in hand. */
export class Draft {
  /** What has arrived of it and behind it; begins with no space. */
  text: string
  /** Up to here it is known not to end. */
  at = 0
  /** Where its last span (`*…*`, inline code) ends; nothing before is cut. */
  spanEnd = 0
  /** How many of its characters stand in spans. */
  spanChars = 0
  /** For each marker of spans: none that begins before here has an end. */
  searchedTo: Partial<Record<string, number>> | undefined
  /** Where the end of the span in hand is looked for when more text has come. */
  searchFrom = 0
  /** Whether it opens the reply, so that a clause of it is given out. */
  isFirst = false
  /** Whether another sentence stands before it on its line. */
  isMidLine = false
  /** Whether its line is a dialogue in dashes (`—Ven —dijo Ana.`). */
  isDashDialogue = false
  hasEmoji = false
  /** Whether all of it was judged, so that only a further signal can end it. */
  isJudged = false

  constructor(text: string) {
    this.text = text
  }
}

/** Where the sentence ends, or undefined if more text has to arrive before that can be said. */
export function findEnd(draft: Draft, isEnd: boolean): number | undefined {
  const { text } = draft
  if (!draft.isMidLine && (text.startsWith('—') || text.startsWith('–'))) draft.isDashDialogue = true
  for (;;) {
    const longest = longestPiece(draft)
    draft.at = nextSignal(text, draft.at, Math.min(text.length, longest))
    if (draft.at >= longest) return cutOfLongText(text, draft.spanEnd, longest)
    draft.isJudged = draft.at === text.length
    if (draft.isJudged) return undefined
    const at = draft.at
    const verdict = judge(draft, at, isEnd)
    if (typeof verdict === 'number') return verdict
    if (verdict === 'wait' && text.length - at < LONGEST_WAIT_CHARS) return undefined
    draft.at = Math.max(draft.at, at + 1)
  }
}

/** Whether the sentence may now be known to end, after the given text has come to it. */
export function isWorthJudging(draft: Draft, delta: string): boolean {
  const isShort = draft.isJudged && draft.text.length < LONGEST_PIECE_CHARS
  return !isShort || nextSignal(delta, 0, delta.length) < delta.length
}

/** The first signal from `from` on, or `limit`. */
function nextSignal(text: string, from: number, limit: number): number {
  for (let at = from; at < limit; at += 1) {
    const code = text.charCodeAt(at)
    if (code < 128 ? ASCII_SIGNALS[code] === 1 : SIGNALS.has(code) || isEmojiStart(code)) return at
  }
  return Math.max(from, limit)
}

function longestPiece({ spanEnd }: Draft): number {
  const behindSpan = spanEnd === 0 ? 0 : spanEnd + SHORTEST_PIECE_BEHIND_SPAN_CHARS
  return Math.max(LONGEST_PIECE_CHARS, Math.min(behindSpan, LONGEST_PIECE_WITH_SPANS_CHARS), spanEnd)
}

/** Judges the signal at `at`; where it goes on, moves `draft.at` behind what was judged. */
function judge(draft: Draft, at: number, isEnd: boolean): Verdict {
  const { text, isDashDialogue, hasEmoji } = draft
  if (!draft.isFirst && isClauseMark(text.charAt(at))) return 'goes_on'
  const view: View = { text, start: 0, isEnd, isDashDialogue, hasEmoji }
  const signal = text.charAt(at)
  if (isStop(signal)) {
    const end = endOfStop(text, at)
    if (draft.isFirst && isClauseStop(view, at, end)) return end
    const verdict = judgeStop(view, at, end)
    if (verdict === 'goes_on') draft.at = end
    return verdict
  }
  if (signal === '\n') return judgeLineBreak(view, at)
  if ('*_`'.includes(signal)) return judgeSpan(draft, view, at)
  if (isEmojiStart(text.charCodeAt(at))) return judgeEmoji(draft, view, at)
  return judgeClause(view, at, draft.spanChars)
}

/** Passes over a span; one that ends with a stop may end its sentence. */
function judgeSpan(draft: Draft, view: View, at: number): Verdict {
  const { text, isEnd } = view
  const mark = text.charAt(at)
  if (at < (draft.searchedTo?.[mark] ?? 0)) return 'goes_on'
  const span = spanAt(text, at, { isEnd, searchFrom: draft.searchFrom })
  draft.searchFrom = 'waitFrom' in span ? span.waitFrom : 0
  if ('waitFrom' in span) return 'wait'
  if ('searchedTo' in span) {
    draft.searchedTo = { ...draft.searchedTo, [mark]: span.searchedTo }
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
