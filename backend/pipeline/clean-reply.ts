import { type Label, prefixAt, tagAt, type Voices } from './speaker-prefix.ts'

export interface ReplyCleanerOptions {
  /** The name of the character whose reply this is. */
  readonly speaker: string
  /** What else it is called. */
  readonly nicknames?: readonly string[]
  /** The names of everyone else in the cast. */
  readonly others: readonly string[]
  /** Absent where it is the user who speaks. */
  readonly userName?: string
  /** It is the user's line that is written. */
  readonly isUser?: boolean
}

/** How a model labels its own turn, and the user's, when it falls back to its training. */
const OWN_LABELS = ['assistant', '{{char}}']
const USER_LABELS = ['user', 'human', 'you', '{{user}}']

const TAIL_CHARACTERS = 8
/** Behind this a new sentence begins. */
const SENTENCE_END = /(?:[.!?…:]["'”’»*_)\]]*\s+|["”»*_)\]]\s+|[。！？」』])$/u
/** Where a label may stand: at a bracket, a line, or behind a sentence. */
const LABEL_PLACE = /[<[\n]|(?<=(?:[.!?…:"'”’»*_)\]]\s+|[。！？」』]))\S/gu

/**
 * Takes tags (`<Nora>`), name prefixes (`Nora:`) and special tokens out of a reply while it streams. Where the model
 * begins to speak for somebody else, the reply ends. Text is held back only while it may still be one of these, so the
 * result does not depend on how the reply was cut into deltas. White space in front of the reply is dropped.
 */
export class ReplyCleaner {
  readonly #voices: Voices
  #held = ''
  #isLineStart = true
  #isBlank = true
  #isBehindLabel = false
  #isCut = false
  #cutName: string | undefined
  /** The end of what has been let through. */
  #tail = ''

  constructor(options: ReplyCleanerOptions) {
    const { speaker, nicknames = [], others, userName = '', isUser = false } = options
    const [ownLabels, foreignLabels] = isUser ? [USER_LABELS, OWN_LABELS] : [OWN_LABELS, USER_LABELS]
    const own = [...[speaker, ...nicknames].flatMap(namesOf), ...ownLabels]
    const foreign = [...[...others, userName].flatMap(namesOf), ...foreignLabels]
    this.#voices = { own, foreign: foreign.filter((name) => !own.includes(name)) }
  }

  /** Whether the reply ended because the model spoke for somebody else or ended its turn; nothing more comes out. */
  get isCut(): boolean {
    return this.#isCut
  }

  /** For whom the model began to speak, in small letters, if that ended the reply. */
  get cutName(): string | undefined {
    return this.#cutName
  }

  /** @returns what of the text so far is certainly part of the reply and has not been returned before. */
  push(delta: string): string {
    this.#held += this.#isCut ? '' : delta
    return this.#release(false)
  }

  /** @returns what was still held back. */
  end(): string {
    return this.#release(true)
  }

  #release(isEnd: boolean): string {
    let clean = ''
    while (this.#held !== '') {
      this.#skipGap()
      if (this.#held === '') break
      const label = this.#labelAtHead(isEnd)
      if (label === 'maybe') break
      if (label === 'none') {
        const length = this.#plainChars()
        clean += this.#held.slice(0, length)
        this.#advance(length)
      } else if (label.isOwn) {
        this.#held = this.#held.slice(label.length)
        this.#isBehindLabel = this.#isLineStart
      } else {
        this.#isCut = true
        this.#cutName = label.name
        this.#held = ''
      }
    }
    return clean
  }

  /** Drops white space in front of the reply, and what sets a label off from its line. */
  #skipGap(): void {
    if (this.#isBlank) this.#held = this.#held.trimStart()
    if (this.#isBehindLabel) this.#held = this.#held.replace(/^[ \t:：]+/, '')
  }

  #labelAtHead(isEnd: boolean): Label {
    const tag = /^[<[]/.test(this.#held) ? tagAt(this.#held, this.#voices) : 'none'
    const prefix = typeof tag === 'string' ? this.#prefixAtHead() : 'none'
    if (typeof tag !== 'string') return tag
    if (typeof prefix !== 'string') return prefix
    if (isEnd && this.#held.startsWith('<|')) return { isOwn: true, length: this.#held.length }
    return !isEnd && (tag === 'maybe' || prefix === 'maybe') ? 'maybe' : 'none'
  }

  /** A new line may begin with anybody's name; within a line, a sentence that does is somebody else's only. */
  #prefixAtHead(): Label {
    if (this.#isLineStart) return prefixAt(this.#held, this.#voices)
    if (!SENTENCE_END.test(this.#tail)) return 'none'
    const label = prefixAt(this.#held, this.#voices)
    return typeof label !== 'string' && label.isOwn ? 'none' : label
  }

  /** How much of the held text, its first character included, cannot begin a tag or a line. */
  #plainChars(): number {
    if (this.#held.startsWith('\n')) return 1
    const before = this.#tail.length
    // From the middle of a letter of two units the search would begin at its first again, and find it for ever.
    LABEL_PLACE.lastIndex = before + ((this.#held.codePointAt(0) ?? 0) > 0xff_ff ? 2 : 1)
    const place = LABEL_PLACE.exec(this.#tail + this.#held)?.index
    return place === undefined ? this.#held.length : place - before
  }

  #advance(length: number): void {
    this.#isLineStart = this.#held.charAt(length - 1) === '\n'
    this.#isBehindLabel = false
    this.#isBlank &&= this.#held.slice(0, length).trim() === ''
    this.#tail = (this.#tail + this.#held.slice(0, length)).slice(-TAIL_CHARACTERS)
    this.#held = this.#held.slice(length)
  }
}

/** The whole name, and the first of several, in small letters. */
function namesOf(name: string): string[] {
  const whole = name.trim().toLowerCase()
  const first = whole.split(/\s+/)[0] ?? ''
  return [...new Set([whole, first])].filter((part) => part !== '')
}
