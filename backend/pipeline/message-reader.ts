import { type Speaking } from '#shared/entities.ts'
import { type Sentence } from './sentences.ts'
import { Pronunciations } from './pronunciations.ts'
import { type Speakable, speakableOf, type SpokenWord, spokenWords, type VoiceRole } from './speakable.ts'
import { hasQuotes, KindScanner, type TextKind, type TextRun } from './text-kinds.ts'

/** A sentence on its way to the voice. */
export interface ReadItem {
  readonly sentence: Sentence
  readonly index: number
}

/** A sentence as it is read: in one part for each change of voices; in none if nobody says it. */
export interface ReadSentence extends ReadItem {
  readonly parts: readonly SpokenPart[]
}

export interface SpokenPart {
  readonly role: VoiceRole
  /** Which part of the text it is; what is left out of the sentence belongs to the part before. */
  readonly sentence: Sentence
  readonly reading: Reading
}

/** What is pronounced of a part of a text. */
export interface Reading extends Speakable {
  /** For each word, where the written text begins that it stands for, if it is said otherwise than it is written. */
  readonly writtenFrom: readonly (number | undefined)[]
}

/** The text of a message as far as it has come. */
export interface TextSoFar {
  readonly text: string
  readonly isWhole: boolean
}

export interface ReaderOptions {
  readonly speaking: Speaking
  /** Whether this character's speech usually stands in quotation marks. */
  readonly quotesSpeech: boolean
  /** What was said of the message before, and is not read again. */
  readonly before?: string
}

interface Held extends ReadItem {
  readonly runs: readonly TextRun[]
}

/** Until this much text has come without a quotation mark, one is waited for. */
const LONGEST_HELD_CHARS = 600

/**
 * Reads one message aloud, sentence by sentence: who says what, and how.
 *
 * Text outside of quotation marks is narration if the message has any marks, which can be said only when the first one
 * comes. Until then it is dialogue; from a character whose speech usually stands in quotation marks it is narration at
 * once, and where narration is silent it is held back, in case no mark comes at all: then it is said after all.
 */
export class MessageReader {
  readonly #options: ReaderOptions
  readonly #pronunciations: Pronunciations
  readonly #kinds = new KindScanner()
  #held: Held[] = []
  #heldChars = 0
  #readUpTo = 0

  constructor(options: ReaderOptions) {
    this.#options = options
    this.#pronunciations = new Pronunciations(options.speaking.pronunciations)
    this.#kinds.runsOf(options.before ?? '')
  }

  /** @returns what is to be said now: sentences that were held back come first. */
  take(item: ReadItem, soFar: TextSoFar): ReadSentence[] {
    const { sentence } = item
    this.#kinds.passOver(soFar.text.slice(this.#readUpTo, sentence.start))
    this.#readUpTo = sentence.end
    this.#held.push({ ...item, runs: this.#kinds.runsOf(sentence.text) })
    this.#heldChars += sentence.text.length
    const isQuoted = this.#kinds.hasQuotes || hasQuotes(soFar.text)
    if (!isQuoted && !soFar.isWhole && this.#isWorthWaiting()) return []
    return this.#read(isQuoted || this.#isGuessed(soFar))
  }

  /** The message is over. @returns what was held back until now. */
  end(): ReadSentence[] {
    return this.#read(this.#kinds.hasQuotes)
  }

  #isWorthWaiting(): boolean {
    const { speaking, quotesSpeech } = this.#options
    return quotesSpeech && speaking.narration === 'silent' && this.#heldChars <= LONGEST_HELD_CHARS
  }

  #isGuessed({ isWhole }: TextSoFar): boolean {
    return this.#options.quotesSpeech && this.#options.speaking.narration === 'other' && !isWhole
  }

  #read(hasNarration: boolean): ReadSentence[] {
    const held = this.#held
    this.#held = []
    this.#heldChars = 0
    return held.map(({ runs, ...item }) => ({
      ...item,
      parts: this.#partsOf(item.sentence, runs, hasNarration),
    }))
  }

  #partsOf(sentence: Sentence, kinds: readonly TextRun[], hasNarration: boolean): SpokenPart[] {
    const runs = kinds.map(({ kind, end }) => ({ role: this.#roleOf(kind, hasNarration), end }))
    const words = spokenWords(sentence.text, { runs, pronunciations: this.#pronunciations })
    return partsIn(sentence, groupsOf(words))
  }

  #roleOf(kind: TextKind, hasNarration: boolean): VoiceRole | undefined {
    const { narration, actions } = this.#options.speaking
    if (kind === 'dialogue' || (kind === 'narration' && !hasNarration)) return 'own'
    const by = kind === 'action' ? actions : narration
    if (by === 'silent') return undefined
    if (by === 'own') return 'own'
    return kind === 'action' ? 'actions' : 'narration'
  }
}

/** Words in a row that one voice says. */
function groupsOf(words: readonly SpokenWord[]): SpokenWord[][] {
  const groups: SpokenWord[][] = []
  for (const word of words) {
    const group = groups.at(-1)
    if (group?.[0]?.role === word.role) group.push(word)
    else groups.push([word])
  }
  return groups.filter((group) => speakableOf(group).text !== '')
}

function partsIn(sentence: Sentence, groups: readonly (readonly SpokenWord[])[]): SpokenPart[] {
  let from = 0
  return groups.map((group, index) => {
    const isLast = index === groups.length - 1
    const to = isLast ? sentence.text.length : (group.at(-1)?.sourceEnd ?? from)
    const raw = sentence.text.slice(from, to)
    const at = from + (raw.length - raw.trimStart().length)
    from = to
    return {
      role: group[0]?.role ?? 'own',
      sentence: { text: raw.trimStart(), start: sentence.start + at, end: sentence.start + to },
      reading: {
        text: speakableOf(group).text,
        sourceEnds: group.map(({ sourceEnd }) => sourceEnd - at),
        writtenFrom: group.map(({ writtenFrom }) =>
          writtenFrom === undefined ? undefined : writtenFrom - at,
        ),
      },
    }
  })
}
