import { type Label, prefixAt, tagAt, type Voices } from './speaker-prefix.ts'

export interface ReplyCleanerOptions {
  /** The name of the character whose reply this is. */
  readonly speaker: string
  /** The names of everyone else in the cast. */
  readonly others: readonly string[]
  readonly userName: string
}

/** How a model labels its own turn, and the user's, when it falls back to its training. */
const OWN_LABELS = ['assistant', '{{char}}']
const USER_LABELS = ['user', 'human', '{{user}}']

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

  constructor(options: ReplyCleanerOptions) {
    const own = [...namesOf(options.speaker), ...OWN_LABELS]
    const foreign = [...options.others.flatMap(namesOf), ...namesOf(options.userName), ...USER_LABELS]
    this.#voices = { own, foreign: foreign.filter((name) => !own.includes(name)) }
  }

  /** Whether the reply ended because the model spoke for somebody else or ended its turn; nothing more comes out. */
  get isCut(): boolean {
    return this.#isCut
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
    const prefix = this.#isLineStart && typeof tag === 'string' ? prefixAt(this.#held, this.#voices) : 'none'
    if (typeof tag !== 'string') return tag
    if (typeof prefix !== 'string') return prefix
    if (isEnd && this.#held.startsWith('<|')) return { isOwn: true, length: this.#held.length }
    return !isEnd && (tag === 'maybe' || prefix === 'maybe') ? 'maybe' : 'none'
  }

  /** How much of the held text, its first character included, cannot begin a tag or a line. */
  #plainChars(): number {
    const next = this.#held.slice(1).search(/[<[\n]/)
    if (this.#held.startsWith('\n')) return 1
    return next === -1 ? this.#held.length : next + 1
  }

  #advance(length: number): void {
    this.#isLineStart = this.#held.charAt(length - 1) === '\n'
    this.#isBehindLabel = false
    this.#isBlank &&= this.#held.slice(0, length).trim() === ''
    this.#held = this.#held.slice(length)
  }
}

/** The whole name, and the first of several, in small letters. */
function namesOf(name: string): string[] {
  const whole = name.trim().toLowerCase()
  const first = whole.split(/\s+/)[0] ?? ''
  return [...new Set([whole, first])].filter((part) => part !== '')
}
