import { type ReplyEvent } from '../contracts.ts'

const TAGS = ['<think>', '</think>', '<thinking>', '</thinking>']
const TAG = /<(\/?)think(?:ing)?>/u

/** Takes the thoughts a model writes between think tags out of its text; a tag may come in pieces. */
export class ThinkTags {
  #isThinking = false
  #isAfterThought = false
  #held = ''

  push(delta: string): ReplyEvent[] {
    const events: ReplyEvent[] = []
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
  flush(): ReplyEvent[] {
    const events: ReplyEvent[] = []
    this.#add(events, this.#held)
    this.#held = ''
    return events
  }

  #add(events: ReplyEvent[], piece: string): void {
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
