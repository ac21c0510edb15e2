import { codesOf, isCjk, isDigit, isEmojiPart, isLowerCase, isSpace, isUpperCase } from './letters.ts'

/** What is known when it is asked whether a sentence ends. */
export interface View {
  readonly text: string
  /** Where the sentence in hand begins; never a space. */
  readonly start: number
  /** Whether the text is complete, so that nothing is worth waiting for. */
  readonly isEnd: boolean
  /** Whether the line is a dialogue in dashes (`—Ven —dijo.`). */
  readonly isDashDialogue: boolean
  /** Whether this text uses emoji, which then also stand behind full stops. */
  readonly hasEmoji: boolean
}

/** Where the sentence ends; or that it goes on; or that this cannot be said before more text has come. */
export type Verdict = number | 'goes_on' | 'wait'

const LONGEST_PARENTHESIS_CHARS = 200
const LONGEST_WORD_CHARS = 24
/** Stops, closing marks and emoji in a row that are taken together. */
export const LONGEST_RUN_CHARS = 40
/** How far ahead is looked for the words that say who spoke. */
const LOOK_AHEAD_CHARS = 60

// ── What stands before ──────────────────────────────────────────────────────────────────────────

/** What stands before `at`, up to a space, quotation mark, bracket or dash. */
export function wordBefore({ text, start }: View, at: number): string {
  const stop = Math.max(start, at - LONGEST_WORD_CHARS)
  let from = at
  while (from > stop && !isWordEdge(text, from - 1)) from -= 1
  return text.slice(from, Math.max(from, at))
}

const WORD_EDGES = codesOf(' \n\t"“‘\'([—–/*_')

function isWordEdge(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return WORD_EDGES.has(code) || isSpace(code)
}

/** Whether `at` stands in a parenthesis that opened in the middle of the sentence. */
export function isInParenthesis({ text, start }: View, at: number): boolean {
  const stop = Math.max(start, at - LONGEST_PARENTHESIS_CHARS)
  if (['(', '[', '（'].every((opening) => text.lastIndexOf(opening, at) <= stop)) return false
  let closed = 0
  for (let index = at - 1; index > stop; index -= 1) {
    const character = text.charAt(index)
    if (')]）'.includes(character)) closed += 1
    else if ('([（'.includes(character)) {
      if (closed === 0) return true
      closed -= 1
    }
  }
  return false
}

/** Where the quotation opened in which `at` stands, in the marks that Chinese and Japanese use. */
export function quoteAround({ text, start }: View, at: number): number | undefined {
  for (let index = at - 1; index >= start; index -= 1) {
    const character = text.charAt(index)
    if ('」』”'.includes(character)) return undefined
    if ('「『“'.includes(character)) return index
  }
  return undefined
}

// ── What follows ────────────────────────────────────────────────────────────────────────────────

/** The next character that is not a space; `paragraph` if an empty line or the end of the text comes first. */
export function nextVisible({ text, isEnd }: View, from: number): number | 'wait' | 'paragraph' {
  let lines = 0
  for (let index = from; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code === 0x0a) lines += 1
    if (lines === 2) return 'paragraph'
    if (!isSpace(code)) return index
  }
  return isEnd ? 'paragraph' : 'wait'
}

/** Ends the sentence at `end` if the text behind it passes the test; a dash or a numeral is shown with the characters behind it. */
export function endIfNext(view: View, end: number, test: (next: string) => boolean): Verdict {
  const from = nextVisible(view, end)
  if (typeof from !== 'number') return from === 'wait' ? 'wait' : end
  const next = view.text.slice(from, from + 3)
  if (next.length < 3 && !view.isEnd && /^(?:[—–-]|[IVXL]$)/.test(next)) return 'wait'
  return test(next) ? end : 'goes_on'
}

/** Ends the sentence at `end` if the word behind it passes the test. A small letter or digit goes on. */
export function endIfWord(view: View, end: number, test: (word: string) => boolean): Verdict {
  const from = nextVisible(view, end)
  if (typeof from !== 'number') return from === 'wait' ? 'wait' : end
  const first = view.text.charAt(from)
  if (isLowerCase(first) || isDigit(first.charCodeAt(0)) || '([&,;'.includes(first)) return 'goes_on'
  if (!isUpperCase(first)) return end
  const words = wordsAfter(view, from)
  if (words.length === 0) return 'wait'
  return test(words[0] ?? '') ? end : 'goes_on'
}

/** The complete words from `from` to the end of the line, of those that are worth a look. */
export function wordsAfter({ text, isEnd }: View, from: number): string[] {
  const line = /^[^\n]*/.exec(text.slice(from, from + LOOK_AHEAD_CHARS))?.[0] ?? ''
  const isUnfinished = from + line.length === text.length && !isEnd
  const words = line.split(/[^\p{L}\p{M}'’.]+/u)
  if (isUnfinished) words.pop()
  return words.map((word) => word.replace(/\.+$/, '')).filter((word) => word !== '')
}

/** The end of the emoji that begin at `from`. */
export function endOfEmoji(text: string, from: number): number {
  const limit = Math.min(text.length, from + LONGEST_RUN_CHARS)
  let end = from
  while (end < limit && isEmojiPart(text.charCodeAt(end))) end += 1
  return end
}

/** Whether either side of `at` is written without spaces. */
export function isBesideCjk(text: string, at: number, end: number): boolean {
  return isCjk(text.charCodeAt(at - 1)) || isCjk(text.charCodeAt(end))
}
