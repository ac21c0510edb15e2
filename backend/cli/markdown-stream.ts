import { blockOf, mayBecomeBlock } from './markdown-blocks.ts'
import { InlineMarkdown } from './markdown-inline.ts'
import { harmless, sgr, SGR } from './style.ts'

interface Fence {
  /** Three or more of its character end it. */
  readonly mark: string
}

/**
 * Markdown as it streams in, made readable in a terminal: nothing is held back longer than it takes to know what a mark
 * means, so words appear as they come. Lines are never joined, wrapped or reordered.
 */
export class MarkdownStream {
  readonly #inline = new InlineMarkdown()
  /** The start of a line, as long as it may still turn out to be a heading, a list or a fence. */
  #head: string | undefined = ''
  #fence: Fence | undefined

  /** @returns what can be shown of it now. */
  push(text: string): string {
    let shown = ''
    for (const character of harmless(text)) shown += this.#take(character)
    return shown
  }

  /** The text is whole. @returns what was held back; styles are off behind it. */
  end(): string {
    const shown = this.#head ? this.#line(this.#head) : ''
    this.#head = ''
    this.#fence = undefined
    return shown + this.#inline.endLine()
  }

  #take(character: string): string {
    if (character === '\n') return this.#endLine()
    if (this.#head === undefined) return this.#body(character)
    this.#head += character
    return mayBecomeBlock(this.#head, this.#fence?.mark) ? '' : this.#line(this.#head)
  }

  #endLine(): string {
    const shown = this.#head === undefined ? '' : this.#line(this.#head)
    this.#head = ''
    return `${shown}${this.#fence ? sgr([]) : this.#inline.endLine()}\n`
  }

  /** The start of a line is known: shows it. */
  #line(head: string): string {
    this.#head = undefined
    const block = blockOf(head, this.#fence?.mark)
    switch (block.type) {
      case 'fence_end':
        this.#fence = undefined
        return ''
      case 'code':
        return sgr([SGR.cyan]) + head
      case 'fence':
        this.#fence = { mark: block.mark }
        return block.language ? `${sgr([SGR.dim])}${block.language}${sgr([])}` : ''
      case 'rule':
        return `${sgr([SGR.dim])}${'─'.repeat(24)}${sgr([])}`
      default:
        return this.#inline.startLine(block.codes, block.prefix) + this.#inline.push(block.rest)
    }
  }

  #body(character: string): string {
    return this.#fence ? character : this.#inline.push(character)
  }
}
