import { isStageDirection } from './stage-direction.ts'

export interface Speakable {
  /** What is pronounced, in words with one space between them; empty if there is nothing to pronounce. */
  readonly text: string
  /** For every word of `text`, where it ends in the raw text, what closes behind it (quotation marks, markers) included. */
  readonly sourceEnds: readonly number[]
}

/** A kind of text that is not pronounced as it is written. */
interface Rule {
  readonly pattern: RegExp
  /** What is said instead, or undefined if the rule does not hold here. */
  readonly say: (found: string, raw: string, at: number) => string | undefined
}

const silent = (): string => ' '
const dropped = (): string => ''
const EMOJI =
  /(?:[\p{Extended_Pictographic}\p{Regional_Indicator}][\p{Emoji_Modifier}\ufe0f\u20e3\u{e0020}-\u{e007f}]*\u200d?)+|[\ufe0f\u20e3]/uy

/** In order; the first that holds is taken. Patterns are sticky. */
const RULES: readonly Rule[] = [
  {
    pattern: /(?:```|~~~)[\s\S]*?(?:\n[ \t]*(?:```|~~~)|$)/y,
    say: (_, raw, at) => (isLineStart(raw, at) ? ' ' : undefined),
  },
  {
    pattern: /<!--[\s\S]*?-->|<\/?[a-z][^<>\n]{0,300}>/iy,
    say: (found) => (/^<(?:br|p|li|div|hr|tr)\b/i.test(found) ? ' ' : ''),
  },
  { pattern: /<\/?3+(?![\p{L}\p{N}])/uy, say: silent },
  { pattern: /\(\([\s\S]*?(?:\)\)|$)/y, say: silent },
  { pattern: /!\[[^\]\n]*\]\([^)\n]*\)/y, say: silent },
  { pattern: /\[(?=[^\]\n]+\]\([^)\n]*\))/y, say: dropped },
  { pattern: /\]\([^)\n]*\)/y, say: dropped },
  { pattern: /(?:[-*_][ \t]*){3,}(?=\n|$)|\|?[ \t]*:?-{2,}[-:|\s]*(?=\n|$)/y, say: atLineStart(silent) },
  { pattern: /#{1,6}[ \t]+|>[ \t]?|[-*+•][ \t]+(?:\[[ xX]\][ \t]+)?/y, say: atLineStart(dropped) },
  {
    pattern: /\|/y,
    say: (_, raw, at) => (isLineStart(raw, at) || /^\|\s*(?:\n|$)/.test(raw.slice(at)) ? ' ' : ', '),
  },
  { pattern: /\*\*+|__+|~~|`+/y, say: dropped },
  {
    pattern: /\*[^*\n]*(?:\*\*[^*]*\*\*[^*]*)*(?:\n[^*\n]+)*\*|_[^_\n]+_/y,
    say: (found, raw, at) => (isStageDirection(found, raw, at) ? ' ' : undefined),
  },
  { pattern: /(?<=\s)\*(?=\s)/y, say: () => 'times' },
  { pattern: /\*/y, say: dropped },
  { pattern: /_(?![\p{L}\p{N}])|(?<![\p{L}\p{N}])_/uy, say: dropped },
  { pattern: EMOJI, say: silent },
  { pattern: /[\u200b\u2060\ufeff~]/y, say: dropped },
  { pattern: /&(?:amp;)?/y, say: () => ' and ' },
  { pattern: /\s*(?:→|⇒|->|=>)\s*/y, say: () => ' to ' },
  { pattern: /[ \t]+(?:—|–|--?)(?=\s)/y, say: () => ', ' },
]
/** These begin where a word does. */
const WORD_RULES: readonly Rule[] = [
  { pattern: /(?:https?:\/\/|www\.)[^\s<>"”»]*[^\s<>"”».,;:!?)\]}'*_]/iy, say: sayHost },
  {
    pattern: /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/y,
    say: (found) => found.replace('@', ' at ').replaceAll('.', ' dot '),
  },
]
const WORD = /[\p{L}\p{N}](?:(?![\ufe0f\u20e3])[\p{L}\p{M}\p{N}'’\u200c\u200d]|_(?=[\p{L}\p{N}]))*/uy
/** What closes behind a word without being pronounced. */
const CLOSING = /(?:\*+|_+|~~|`+|<\/[a-z][^<>\n]*>|\]\([^)\n]*\)|["'”’»)\]}])+/iy
const HAS_SOUND = /[\p{L}\p{N}\p{Sc}\p{Sm}%#@]/u

/**
 * What is pronounced of a sentence: no markdown, code, tags, emoji or stage directions; of a URL its host. Accents and
 * scripts stay as they are.
 */
export function speakable(raw: string): Speakable {
  const { said, ends } = readAloud(raw)
  const words: string[] = []
  const sourceEnds: number[] = []
  for (const { 0: word, index } of said.matchAll(/\S+/g)) {
    const end = ends[index + word.length - 1] ?? raw.length
    if (HAS_SOUND.test(word)) {
      words.push(word)
      sourceEnds.push(end + lengthAt(CLOSING, raw, end))
    } else if (/^[,.;:!?…。！？]/.test(word) && !/\p{P}$/u.test(words.at(-1) ?? '.')) {
      words.push(`${words.pop() ?? ''}${word}`)
    }
  }
  const hasWords = words.some((word) => /[\p{L}\p{N}]/u.test(word))
  return hasWords ? { text: words.join(' '), sourceEnds } : { text: '', sourceEnds: [] }
}

/** The text as it is said, and for each character of it where its source ends. */
function readAloud(raw: string): { said: string; ends: number[] } {
  const ends: number[] = []
  let said = ''
  let at = 0
  while (at < raw.length) {
    const plainChars = lengthAt(WORD, raw, at)
    const found = firstRule(plainChars > 0 ? WORD_RULES : RULES, raw, at)
    const length = found?.length ?? Math.max(1, plainChars)
    const text = found?.text ?? raw.slice(at, at + length)
    for (let index = 0; index < text.length; index += 1) ends.push(found ? at + length : at + index + 1)
    // Where several words stand for one, that one was heard with the last of them.
    if (found) ends.fill(at, ends.length - text.length, ends.length - lastWordChars(text))
    said += text
    at += length
  }
  return { said, ends }
}

function lastWordChars(text: string): number {
  return text.length - text.trimEnd().lastIndexOf(' ') - 1
}

function firstRule(
  rules: readonly Rule[],
  raw: string,
  at: number,
): { text: string; length: number } | undefined {
  for (const { pattern, say } of rules) {
    const length = lengthAt(pattern, raw, at)
    if (length === 0) continue
    const text = say(raw.slice(at, at + length), raw, at)
    if (text !== undefined) return { text, length }
  }
  return undefined
}

function lengthAt(pattern: RegExp, raw: string, at: number): number {
  pattern.lastIndex = at
  return pattern.exec(raw)?.[0].length ?? 0
}

function isLineStart(raw: string, at: number): boolean {
  return /(?:^|\n)[ \t>]*$/.test(raw.slice(0, at))
}

function atLineStart(say: () => string): Rule['say'] {
  return (_, raw, at) => (isLineStart(raw, at) ? say() : undefined)
}

function sayHost(url: string): string {
  const host = url.replace(/^(?:https?:\/\/)?(?:www\.)?/i, '').replace(/[/?#:].*$/, '')
  return host.replaceAll('.', ' dot ')
}
