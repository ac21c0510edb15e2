import { CodeBlock } from './code-block.ts'
import { isSpace } from './letters.ts'
import { Draft, findEnd, isWorthJudging } from './sentence-scan.ts'

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
  #draft = new Draft('')
  /** Where the draft begins in the reply. */
  #offset = 0
  #block: CodeBlock | undefined

  /** @param options.isClauseFirst whether the first clause is given out by itself. Default true. */
  constructor(options: { isClauseFirst?: boolean } = {}) {
    this.#draft.isFirst = options.isClauseFirst ?? true
  }

  /** Takes the next part of the text. */
  push(delta: string): Sentence[] {
    const draft = this.#draft
    const before = draft.text.length
    draft.text += delta
    if (!isWorthJudging(draft, delta)) return []
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
      if (this.#draft.at === 0) this.#skipSpace()
      const end = this.#blockEnd() ?? (this.#block === undefined ? findEnd(this.#draft, isEnd) : undefined)
      if (end === undefined) return sentences
      sentences.push(this.#give(end))
    }
  }

  /** Opens a code block where one begins. Returns where it ends, if it is complete. */
  #blockEnd(): number | undefined {
    const { text, at, isMidLine } = this.#draft
    if (at > 0 || isMidLine || !(text.startsWith('```') || text.startsWith('~~~'))) return undefined
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
    this.#draft = new Draft(text.slice(end))
    this.#draft.isMidLine = true
    this.#draft.isDashDialogue = isDashDialogue
    this.#draft.hasEmoji = hasEmoji
    return { text: sentence, start, end: start + sentence.length }
  }

  #skipSpace(): void {
    const draft = this.#draft
    let from = 0
    while (isSpace(draft.text.charCodeAt(from))) from += 1
    if (from === 0) return
    if (draft.text.slice(0, from).includes('\n')) {
      draft.isMidLine = false
      draft.isDashDialogue = false
    }
    draft.text = draft.text.slice(from)
    this.#offset += from
  }
}
