import {
  afterAbbreviation,
  type AfterAbbreviation,
  isBrand,
  isSpeechVerb,
  isStarter,
  isTimeWord,
} from './abbreviations.ts'
import { isEmojiPart, isLowerCase, isSpace, isUpperCase } from './letters.ts'
import {
  endIfNext,
  endIfWord,
  endOfEmoji,
  isBesideCjk,
  isInParenthesis,
  LONGEST_RUN_CHARS,
  nextVisible,
  quoteAround,
  type Verdict,
  type View,
  wordBefore,
  wordsAfter,
} from './sentence-context.ts'

const CLOSING = '"\'”’»›)]}」』）】*_~'
const LIST_MARK = /^(?:\d{1,2}|[a-zA-Z]|[ivx]{2,4})$/
/** A quotation in Chinese or Japanese as short as this is kept whole. */
const SHORT_QUOTE_CHARS = 40
/** How far behind a Chinese quotation is looked for who said it. */
const SPEAKER_CHARS = 10

const STOPS = '.!?…。！？｡‽'

export function isStop(character: string): boolean {
  return STOPS.includes(character)
}

/** The end of the stops at `at` and of the quotation marks, brackets and emoji that close right behind them. */
export function endOfStop(text: string, at: number): number {
  const limit = Math.min(text.length, at + LONGEST_RUN_CHARS)
  let end = at
  while (end < limit && isStop(text.charAt(end))) end += 1
  return endOfClosing(text, end)
}

export function endOfClosing(text: string, at: number): number {
  const limit = Math.min(text.length, at + LONGEST_RUN_CHARS)
  let end = at
  while (end < limit && (CLOSING.includes(text.charAt(end)) || isEmojiPart(text.charCodeAt(end)))) end += 1
  return end
}

/** Whether the sentence ends with the stops at `at`, whose `endOfStop` is `end`. One character is looked ahead for plain ones. */
export function judgeStop(view: View, at: number, end: number): Verdict {
  const { text } = view
  if ('。！？｡'.includes(text.charAt(at))) return judgeCjkStop(view, at, end)
  if (end === text.length) return view.isEnd ? end : 'wait'
  if (!isSpace(text.charCodeAt(end))) return judgeTightStop(view, at, end)
  if (isInParenthesis(view, at))
    return text.slice(at, end).includes(')') ? endIfWord(view, end, isStarter) : 'goes_on'
  if (view.isDashDialogue) return endIfNext(view, end, (next) => !/^[—–-]\s?\p{Ll}/u.test(next))
  if (view.hasEmoji) {
    const behind = judgeEmojiBehind(view, end)
    if (behind !== 'goes_on') return behind
  }
  return judgeSpacedStop(view, at, end)
}

function judgeSpacedStop(view: View, at: number, end: number): Verdict {
  const stops = view.text.slice(at, end)
  // By far the most stops are plain full stops: those first.
  if (stops === '.') return judgeFullStop(view, at, end)
  if (/["”’»'›]/.test(stops)) return judgeQuoted(view, at, end)
  if (/[!?]/.test(stops)) return isBrand(wordBefore(view, at)) ? endIfWord(view, end, isStarter) : end
  if (stops.startsWith('..') || stops.startsWith('…')) return judgeEllipsis(view, at, end)
  return judgeFullStop(view, at, end)
}

/** A stop without a space behind it ends a sentence only between characters that need none. */
function judgeTightStop({ text }: View, at: number, end: number): Verdict {
  const isEnd =
    '!?'.includes(text.charAt(at)) && isBesideCjk(text, at, end) && !'，、。：；'.includes(text.charAt(end))
  return isEnd ? end : 'goes_on'
}

function judgeFullStop(view: View, at: number, end: number): Verdict {
  const { text, start } = view
  const word = wordBefore(view, at)
  if (word.length <= 4 && LIST_MARK.test(word) && /^[\s>*_#(]*$/.test(text.slice(start, at - word.length)))
    return 'goes_on'
  if (word === '')
    return isSpace(text.charCodeAt(at - 1)) ? endIfNext(view, end, (next) => !next.startsWith('.')) : end
  const meaning = afterAbbreviation(word, () => wordBefore(view, at - word.length - 1))
  return AFTER_ABBREVIATION[meaning](view, end)
}

const AFTER_ABBREVIATION: Readonly<Record<AfterAbbreviation, (view: View, end: number) => Verdict>> = {
  ends: (_view, end) => end,
  goes_on: () => 'goes_on',
  unless_number: (view, end) => endIfNext(view, end, (next) => !/^[\dIVX]/.test(next)),
  unless_lower: (view, end) => endIfNext(view, end, (next) => !/^(?:[\p{Ll}\d]|[IVXL]{2})/u.test(next)),
  before_starter: (view, end) => endIfWord(view, end, isStarter),
  unless_time: (view, end) => endIfWord(view, end, (next) => !isTimeWord(next)),
}

/** `Well... I see` goes on; `It went dark... Then I saw it` does not. */
function judgeEllipsis(view: View, at: number, end: number): Verdict {
  const isInterjection = view.text.slice(view.start, at).trim().split(/\s+/).length <= 3
  return endIfWord(view, end, (word) => !(isInterjection && /^I(?:$|['’])/.test(word)))
}

/** `"Stop!" she said` goes on, and so does `"Stop!" Nora said`. */
function judgeQuoted(view: View, at: number, end: number): Verdict {
  const from = nextVisible(view, end)
  if (typeof from !== 'number') return from === 'wait' ? 'wait' : end
  const first = view.text.charAt(from)
  if (isLowerCase(first)) return 'goes_on'
  if (!isUpperCase(first) || !/[!?…]/.test(view.text.slice(at, end))) return end
  const words = wordsAfter(view, from)
  for (const [index, word] of words.entries()) {
    if (isSpeechVerb(word)) return 'goes_on'
    const mayBeName = isUpperCase(word.charAt(0)) && (word === 'I' || !isStarter(word))
    if (!mayBeName || index === 2) return end
  }
  return view.isEnd || view.text.includes('\n', end) ? end : 'wait'
}

function judgeEmojiBehind({ text, isEnd }: View, end: number): Verdict {
  if (end + 1 === text.length) return isEnd ? end : 'wait'
  const last = endOfEmoji(text, end + 1)
  if (last === end + 1) return 'goes_on'
  return last === text.length && !isEnd ? 'wait' : last
}

function judgeCjkStop(view: View, at: number, end: number): Verdict {
  const opened = quoteAround(view, at)
  if (opened !== undefined && /[」』”]/.test(view.text.slice(at, end)))
    return judgeCjkQuoteEnd(view, opened, end)
  const isWhole = opened !== undefined && at - opened <= SHORT_QUOTE_CHARS
  if (isWhole && end === view.text.length) return view.isEnd ? end : 'wait'
  return isWhole || isInParenthesis(view, at) ? 'goes_on' : end
}

/** A quotation that ended with a stop: who said it may follow. */
function judgeCjkQuoteEnd(view: View, opened: number, end: number): Verdict {
  const { text, start, isEnd } = view
  if (end === text.length) return isEnd ? end : 'wait'
  const next = text.charAt(end)
  if (/[\s「『“]/.test(next)) return end
  if ('「『'.includes(text.charAt(opened))) return /[\u3041-\u309f、。，]/.test(next) ? 'goes_on' : end
  if ('的这，。、'.includes(next)) return 'goes_on'
  return opened === start ? unlessSpeaker(view, end) : end
}

/** `“你好！”她笑着说。` is one sentence, `“你好！”她转过身去。` two. */
function unlessSpeaker({ text, isEnd }: View, end: number): Verdict {
  const clause = /^[^，。！？：；、\n“]*/.exec(text.slice(end, end + SPEAKER_CHARS))?.[0] ?? ''
  if (/[说說道问問喊叫答]/.test(clause)) return 'goes_on'
  return end + clause.length === text.length && clause.length < SPEAKER_CHARS && !isEnd ? 'wait' : end
}
