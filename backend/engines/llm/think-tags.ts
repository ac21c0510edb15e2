import { type ThoughtOrText } from './reply-chunk.ts'

const TAGS = ['<think>', '</think>', '<thinking>', '</thinking>']
const TAG = /<(\/?)think(?:ing)?>/u

/** Takes the thoughts a model writes between think tags out of its text; a tag may come in pieces. */
export class ThinkTags {
  #isThinking: boolean
  #isAfterThought = false
  #held = ''

  /** @param isThinking whether the prompt itself has opened the first tag, so that only its end is written. */
  constructor(isThinking = false) {
    this.#isThinking = isThinking
  }

  push(delta: string): ThoughtOrText[] {
    const events: ThoughtOrText[] = []
    let rest = this.#held + delta
    this.#held = ''
    for (let tag = TAG.exec(rest); tag; tag = TAG.exec(rest)) {
      this.#add(events, rest.slice(0, tag.index))
      this.#isAfterThought = this.#isThinking || tag[1] === '/'
      this.#isThinking = tag[1] !== '/'
      rest = rest.slice(tag.index + tag[0].length)
    }
    const heldFrom = startOfPartialTag(rest)
    this.#held = rest.slice(heldFrom)
    this.#add(events, rest.slice(0, heldFrom))
    return events
  }

  /** What looked like the start of a tag but was none. */
  flush(): ThoughtOrText[] {
    const events: ThoughtOrText[] = []
    this.#add(events, this.#held)
    this.#held = ''
    return events
  }

  #add(events: ThoughtOrText[], piece: string): void {
    // The empty lines between thoughts and reply belong to neither.
    const text = this.#isAfterThought && !this.#isThinking ? piece.trimStart() : piece
    if (text === '') return
    if (!this.#isThinking) this.#isAfterThought = false
    events.push({ type: this.#isThinking ? 'reasoning' : 'text', text })
  }
}

function startOfPartialTag(text: string): number {
  const from = text.lastIndexOf('<')
  if (from === -1) return text.length
  const end = text.slice(from)
  return TAGS.some((tag) => tag.startsWith(end)) ? from : text.length
}
