import { afterAbbreviation, isBrand, isSpeechVerb, isStarter, isTimeWord } from './abbreviations.ts'
import { isEmojiPart, isLowerCase, isSpace, isUpperCase } from './letters.ts'
import {
  endIfNext,
  endIfWord,
  endOfEmoji,
  isBesideCjk,
  isInParenthesis,
  nextVisible,
  quoteAround,
  type Verdict,
  type View,
  wordBefore,
  wordsAfter,
} from './sentence-context.ts'

const CLOSING = '"\'”’»›)]}」』）】*_~'
/** A quotation in Chinese or Japanese as short as this is kept whole. */
const SHORT_QUOTE_CHARS = 40

export function isStop(character: string): boolean {
  return '.!?…。！？｡‽'.includes(character)
}

/** The end of the stops at `at` and of the quotation marks, brackets and emoji that close right behind them. */
export function endOfStop(text: string, at: number): number {
  let end = at
  while (end < text.length && isStop(text.charAt(end))) end += 1
  return endOfClosing(text, end)
}

export function endOfClosing(text: string, at: number): number {
  let end = at
  while (end < text.length && (CLOSING.includes(text.charAt(end)) || isEmojiPart(text.charCodeAt(end))))
    end += 1
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
  const isFirst = /^[\s>*_#(]*$/.test(text.slice(start, at - word.length))
  if (isFirst && /^(?:\d{1,2}|[a-zA-Z]|[ivx]{2,4})$/.test(word)) return 'goes_on'
  if (word === '')
    return isSpace(text.charCodeAt(at - 1)) ? endIfNext(view, end, (next) => !next.startsWith('.')) : end
  switch (afterAbbreviation(word, wordBefore(view, at - word.length - 1))) {
    case 'ends':
      return end
    case 'goes_on':
      return 'goes_on'
    case 'unless_number':
      return endIfNext(view, end, (next) => !/^[\dIVX]/.test(next))
    case 'unless_lower':
      return endIfNext(view, end, (next) => !/^(?:[\p{Ll}\d]|[IVXL]{2})/u.test(next))
    case 'before_starter':
      return endIfWord(view, end, isStarter)
    case 'unless_time':
      return endIfWord(view, end, (next) => !isTimeWord(next))
  }
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
function judgeCjkQuoteEnd({ text, start, isEnd }: View, opened: number, end: number): Verdict {
  if (end === text.length) return isEnd ? end : 'wait'
  const next = text.charAt(end)
  if (/[\s「『“]/.test(next)) return end
  if ('「『'.includes(text.charAt(opened))) return /[\u3041-\u309f、。，]/.test(next) ? 'goes_on' : end
  return opened === start || '的这，。、'.includes(next) ? 'goes_on' : end
}
