import { isCjk } from './letters.ts'
import { type Pronunciations } from './pronunciations.ts'
import { stageDirectionAt } from './stage-direction.ts'

export interface Speakable {
  /** What is pronounced, in words with one space between them; empty if there is nothing to pronounce. */
  readonly text: string
  /** For every word of `text`, where it ends in the raw text, what closes behind it (quotation marks, markers) included. */
  readonly sourceEnds: readonly number[]
}

/** In which of its voices a character says something. */
export type VoiceRole = 'own' | 'narration' | 'actions'

/** How a text is to be read; without, in one voice and without stage directions. */
export interface ReadingRules {
  /** Who says what, up to where in the text; nobody: it is left out. */
  readonly runs: readonly { readonly role: VoiceRole | undefined; readonly end: number }[]
  readonly pronunciations: Pronunciations
}

/** A word as it is said. */
export interface SpokenWord {
  readonly text: string
  readonly sourceEnd: number
  readonly role: VoiceRole
  /** Where what is said otherwise than it is written begins in the raw text. */
  readonly writtenFrom?: number
}

/** A kind of text that is not pronounced as it is written. */
interface Rule {
  readonly pattern: RegExp
  /** What is said instead, or undefined if the rule does not hold here. */
  readonly say: (found: string, raw: string, at: number) => string | undefined
}

interface Found {
  readonly text: string
  readonly length: number
  /** Whether it is one of the pronunciations. */
  readonly isReplaced?: boolean
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
  return speakableOf(spokenWords(raw))
}

/** The words together; nothing where none of them can be pronounced. */
export function speakableOf(words: readonly SpokenWord[]): Speakable {
  const hasWords = words.some(({ text }) => /[\p{L}\p{N}]/u.test(text))
  if (!hasWords) return { text: '', sourceEnds: [] }
  return {
    text: words.map(({ text }) => text).join(' '),
    sourceEnds: words.map(({ sourceEnd }) => sourceEnd),
  }
}

/** What is said of a sentence, word for word. */
export function spokenWords(raw: string, rules?: ReadingRules): SpokenWord[] {
  const { said, ends, roles, replaced } = readAloud(raw, rules)
  const words: SpokenWord[] = []
  for (const { 0: word, index } of said.matchAll(/\S+/g)) {
    const end = ends[index + word.length - 1] ?? raw.length
    if (HAS_SOUND.test(word)) {
      const writtenFrom = replaced[index + word.length - 1] ?? replaced[index]
      words.push({
        text: word,
        sourceEnd: end + lengthAt(CLOSING, raw, end),
        role: roles[index] ?? 'own',
        ...(writtenFrom === undefined ? {} : { writtenFrom }),
      })
    } else if (/^[,.;:!?…。！？]/.test(word) && !/\p{P}$/u.test(words.at(-1)?.text ?? '.')) {
      const last = words.pop()
      if (last) words.push({ ...last, text: `${last.text}${word}` })
    }
  }
  return words
}

/** A text as it is said; of each of its characters, where its source ends, who says it, where what it replaces begins. */
interface ReadAloud {
  said: string
  readonly ends: number[]
  readonly roles: VoiceRole[]
  readonly replaced: (number | undefined)[]
}

function readAloud(raw: string, rules: ReadingRules | undefined): ReadAloud {
  const read: ReadAloud = { said: '', ends: [], roles: [], replaced: [] }
  const runs = rules?.runs ?? []
  let at = 0
  let run = 0
  let lastRole: VoiceRole | undefined
  while (at < raw.length) {
    while ((runs[run]?.end ?? Infinity) <= at) run += 1
    const current = runs[run]
    const isSilent = current !== undefined && current.role === undefined
    const plainChars = isSilent ? 0 : plainAt(raw, at, rules)
    const found = isSilent ? { text: ' ', length: current.end - at } : foundAt(raw, at, { rules, plainChars })
    const length = found?.length ?? Math.max(1, plainChars)
    const role = current?.role ?? 'own'
    // Two voices share no word.
    if (lastRole !== undefined && lastRole !== role) put(read, { text: ' ', at, length: 0, role })
    lastRole = role
    put(read, { text: found?.text ?? raw.slice(at, at + length), at, length, role, found })
    at += length
  }
  return read
}

interface Said {
  readonly text: string
  readonly at: number
  readonly length: number
  readonly role: VoiceRole
  readonly found?: Found | undefined
}

function put(read: ReadAloud, { text, at, length, role, found }: Said): void {
  const { ends, roles, replaced } = read
  for (let index = 0; index < text.length; index += 1) {
    ends.push(found ? at + length : at + Math.min(length, index + 1))
    roles.push(role)
    replaced.push(found?.isReplaced === true ? at : undefined)
  }
  // Where several words stand for one, that one was heard with the last of them.
  if (found) ends.fill(at, ends.length - text.length, ends.length - lastWordChars(text))
  read.said += text
}

/** How long the plain word is that begins here; up to a character that may be an entry of its own. */
function plainAt(raw: string, at: number, rules: ReadingRules | undefined): number {
  const length = lengthAt(WORD, raw, at)
  if (!rules || rules.pronunciations.isEmpty) return length
  let end = at
  while (end < at + length && !isCjk(raw.charCodeAt(end))) end += 1
  return length > 0 ? Math.max(1, end - at) : 0
}

function lastWordChars(text: string): number {
  return text.length - text.trimEnd().lastIndexOf(' ') - 1
}

function foundAt(
  raw: string,
  at: number,
  { rules, plainChars }: { rules: ReadingRules | undefined; plainChars: number },
): Found | undefined {
  if (!rules) {
    const direction = stageDirectionAt(raw, at)
    if (direction > 0) return { text: ' ', length: direction }
  }
  const entry = rules?.pronunciations.at(raw, at)
  if (entry) return { text: entry.spoken, length: entry.length, isReplaced: true }
  return firstRule(plainChars > 0 ? WORD_RULES : RULES, raw, at)
}

function firstRule(rules: readonly Rule[], raw: string, at: number): Found | undefined {
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
