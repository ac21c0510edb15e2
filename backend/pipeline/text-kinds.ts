import { isCjk } from './letters.ts'
import { stageDirectionAt } from './stage-direction.ts'

/** What stands inside of quotation marks, outside of them, and between asterisks. */
export type TextKind = 'dialogue' | 'narration' | 'action'

export interface TextRun {
  readonly kind: TextKind
  /** Where it ends in the text; it begins where the one before ends. */
  readonly end: number
}

/** For each mark that opens a quotation, those that close it. Single marks are apostrophes more often than quotations. */
const CLOSING: Readonly<Record<string, string>> = {
  '"': '"”',
  '＂': '＂',
  '“': '”"',
  '„': '“”"',
  '‟': '”"',
  '«': '»',
  '»': '«',
  '「': '」',
  '『': '』',
}
const OPENING = /["＂“„‟«»「『]/u
/** As in 5'10". */
const INCHES_BEFORE = /\d['’′]\s?\d{1,2}$/

/** Whether a text has speech in quotation marks. */
export function hasQuotes(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (opensAt(text, at)) return true
  return false
}

/**
 * Tells the kinds of the text of one message, sentence by sentence. A quotation goes on from one sentence into the next,
 * but not over an empty line: those who quote several paragraphs open the marks anew in each.
 */
export class KindScanner {
  /** The marks that close the quotation in hand; '' outside. */
  #closing = ''
  #hasQuotes = false

  /** Whether there was a quotation so far. */
  get hasQuotes(): boolean {
    return this.#hasQuotes
  }

  /** What stands between two sentences. */
  passOver(space: string): void {
    if (/\n[^\S\n]*\n/.test(space)) this.#closing = ''
  }

  runsOf(text: string): TextRun[] {
    const runs: TextRun[] = []
    const add = (kind: TextKind, end: number): void => {
      if (runs.at(-1)?.kind === kind) runs.pop()
      runs.push({ kind, end })
    }
    let actionEnd = 0
    for (let at = 0; at < text.length; at += 1) {
      if (at === actionEnd && at > 0) this.#closing = ''
      if (this.#closing !== '') {
        add('dialogue', at + 1)
        if (this.#closes(text, at)) this.#closing = ''
        continue
      }
      if (at >= actionEnd) actionEnd = Math.max(actionEnd, at + stageDirectionAt(text, at))
      if (opensAt(text, at)) {
        this.#closing = CLOSING[text.charAt(at)] ?? ''
        this.#hasQuotes = true
        add('dialogue', at + 1)
      } else add(at < actionEnd ? 'action' : 'narration', at + 1)
    }
    return runs
  }

  #closes(text: string, at: number): boolean {
    return this.#closing.includes(text.charAt(at)) && !INCHES_BEFORE.test(text.slice(Math.max(0, at - 6), at))
  }
}

function opensAt(text: string, at: number): boolean {
  const mark = text.charAt(at)
  if (!OPENING.test(mark)) return false
  if (mark !== '"' && mark !== '»') return true
  // The same mark opens and closes: it opens where something begins behind it and nothing ends before it.
  const before = text.charAt(at - 1)
  const isFree = before === '' || /[\s\p{P}]/u.test(before) || isCjk(before.charCodeAt(0))
  return isFree && /\S/.test(text.charAt(at + 1))
}
