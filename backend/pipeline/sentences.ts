import { CodeBlock } from './code-block.ts'
import { isSpace } from './letters.ts'
import { type Draft, findEnd } from './sentence-scan.ts'

export interface Sentence {
  readonly text: string
  /** Where it begins in the whole reply, in UTF-16 code units. */
  readonly start: number
  /** Where it ends; between two sentences there is only white space. */
  readonly end: number
}

/** Gives out the sentences of a reply as its text arrives. */
export async function* sentencesOf(deltas: AsyncIterable<string>): AsyncGenerator<Sentence> {
  const splitter = new SentenceSplitter()
  for await (const delta of deltas) yield* splitter.push(delta)
  yield* splitter.end()
}

/**
 * Cuts a growing text into sentences, each as soon as one character more than it has arrived, a Chinese or Japanese one
 * at once. The first fragment of the text is its first clause. Never cut are stage directions (`*…*`), inline code,
 * code blocks, URLs and numbers. The time is linear in the text, whatever its deltas are.
 */
export class SentenceSplitter {
  readonly #isClauseFirst: boolean
  #draft: Draft
  /** Where the draft begins in the reply. */
  #offset = 0
  #block: CodeBlock | undefined

  /** @param options.isClauseFirst whether the first clause is given out by itself. Default true. */
  constructor(options: { isClauseFirst?: boolean } = {}) {
    this.#isClauseFirst = options.isClauseFirst ?? true
    this.#draft = draftOf('', { isFirst: this.#isClauseFirst })
  }

  /** Takes the next part of the text. */
  push(delta: string): Sentence[] {
    const before = this.#draft.text.length
    this.#draft.text += delta
    if (this.#block === undefined) return this.#cut(false)
    const blockEnd = this.#block.take(delta)
    return blockEnd === -1 ? [] : [this.#give(before + blockEnd), ...this.#cut(false)]
  }

  /** The text is complete: gives out what is left. */
  end(): Sentence[] {
    const sentences = this.#block === undefined ? this.#cut(true) : []
    const { length } = this.#draft.text
    if (length > 0) sentences.push(this.#give(length))
    return sentences
  }

  #cut(isEnd: boolean): Sentence[] {
    const sentences: Sentence[] = []
    for (;;) {
      this.#skipSpace()
      const end = this.#blockEnd() ?? (this.#block === undefined ? findEnd(this.#draft, isEnd) : undefined)
      if (end === undefined) return sentences
      sentences.push(this.#give(end))
    }
  }

  /** Opens a code block where one begins. Returns where it ends, if it is complete. */
  #blockEnd(): number | undefined {
    const { text, at } = this.#draft
    if (at > 0 || this.#draft.isMidLine || !/^(?:```|~~~)/.test(text)) return undefined
    this.#block = new CodeBlock(text.slice(0, 3))
    const end = this.#block.take(text)
    return end === -1 ? undefined : end
  }

  #give(end: number): Sentence {
    const { text, isDashDialogue, hasEmoji } = this.#draft
    const sentence = text.slice(0, end).trimEnd()
    const start = this.#offset
    this.#block = undefined
    this.#offset += end
    this.#draft = draftOf(text.slice(end), { isMidLine: true, isDashDialogue, hasEmoji })
    return { text: sentence, start, end: start + sentence.length }
  }

  #skipSpace(): void {
    const { text, at, isFirst, hasEmoji } = this.#draft
    if (at > 0 || !isSpace(text.charCodeAt(0))) return
    let from = 0
    while (isSpace(text.charCodeAt(from))) from += 1
    const isMidLine = this.#draft.isMidLine && !text.slice(0, from).includes('\n')
    const isDashDialogue = this.#draft.isDashDialogue && isMidLine
    this.#offset += from
    this.#draft = draftOf(text.slice(from), { isFirst, isMidLine, isDashDialogue, hasEmoji })
  }
}

type Traits = Partial<Pick<Draft, 'isFirst' | 'isMidLine' | 'isDashDialogue' | 'hasEmoji'>>

function draftOf(text: string, traits: Traits): Draft {
  const draft = { text, at: 0, spanEnd: 0, searchedTo: new Map<string, number>(), spanChars: 0 }
  return { ...draft, isFirst: false, isMidLine: false, isDashDialogue: false, hasEmoji: false, ...traits }
}
