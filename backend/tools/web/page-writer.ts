import { type Handler, type Parser } from 'htmlparser2'
import { TextLines } from './text-lines.ts'

/** What is not read out: code, controls, and the ways to other pages. */
const SKIPPED = new Set(
  'script style noscript template svg math iframe object canvas audio video select textarea button nav aside footer dialog'.split(
    ' ',
  ),
)
const SKIPPED_ROLES = new Set(['navigation', 'search', 'contentinfo', 'complementary', 'dialog', 'menu'])
const PARAGRAPHS = new Set(
  'p h1 h2 h3 h4 h5 h6 ul ol dl table pre blockquote section article header main figure form'.split(' '),
)
const LINES = new Set(
  'div li tr dt dd br hr address figcaption caption option summary details title'.split(' '),
)
const HEADING = /^h([1-6])$/

/** As deep as browsers go, and then some: beyond it the parser's own lists become slow. */
const MAX_DEPTH = 1_000
/** Less than this in `<main>` is not what the page is about. */
const MIN_MAIN_CHARACTERS = 200

/** Writes down the text of a page while the parser reads it. */
export class PageWriter implements Partial<Handler> {
  readonly #page = new TextLines()
  readonly #main = new TextLines()
  #title = ''
  #depth = 0
  /** How deep we are inside of something that is skipped, of the title, of the main part. */
  #skippedDepth = 0
  #titleDepth = 0
  #mainDepth = 0
  #preDepth = 0
  #parser: Parser | undefined

  /** Whether the rest of the page can only be an attack. */
  get isFull(): boolean {
    return this.#depth > MAX_DEPTH
  }

  text(): { readonly title: string; readonly text: string } {
    const main = this.#main.text()
    const title = this.#title.replaceAll(/\s+/g, ' ').trim()
    return { title, text: main.length >= MIN_MAIN_CHARACTERS ? main : this.#page.text() }
  }

  onparserinit(parser: Parser): void {
    this.#parser = parser
  }

  onopentag(name: string, attributes: Readonly<Record<string, string>>): void {
    this.#depth++
    if (this.isFull) this.#parser?.pause()
    if (this.#skippedDepth > 0 || isSkipped(name, attributes)) this.#skippedDepth++
    else this.#open(name)
  }

  onclosetag(name: string): void {
    this.#depth--
    if (this.#skippedDepth > 0) this.#skippedDepth--
    else this.#close(name)
  }

  ontext(text: string): void {
    if (this.#skippedDepth > 0) return
    if (this.#titleDepth > 0) this.#title = (this.#title + text).slice(0, 500)
    else this.#write((lines) => lines.add(text, this.#preDepth > 0))
  }

  #open(name: string): void {
    if (name === 'title') this.#titleDepth++
    if (name === 'pre') this.#preDepth++
    if (name === 'main' || name === 'article') this.#mainDepth++
    this.#break(name)
    const mark = markOf(name)
    if (mark !== '') this.#write((lines) => lines.mark(mark))
    if (name === 'td' || name === 'th') this.#write((lines) => lines.cell())
  }

  #close(name: string): void {
    this.#break(name)
    if (markOf(name) !== '') this.#write((lines) => lines.mark(''))
    if (name === 'title') this.#titleDepth--
    if (name === 'pre') this.#preDepth--
    if (name === 'main' || name === 'article') this.#mainDepth--
  }

  #break(name: string): void {
    if (PARAGRAPHS.has(name)) this.#write((lines) => lines.paragraph())
    else if (LINES.has(name)) this.#write((lines) => lines.line())
  }

  #write(write: (lines: TextLines) => void): void {
    write(this.#page)
    if (this.#mainDepth > 0) write(this.#main)
  }
}

function markOf(name: string): string {
  const heading = HEADING.exec(name)?.[1]
  if (heading) return `${'#'.repeat(Number(heading))} `
  return name === 'li' ? '- ' : ''
}

function isSkipped(name: string, attributes: Readonly<Record<string, string>>): boolean {
  return (
    SKIPPED.has(name) ||
    'hidden' in attributes ||
    attributes['aria-hidden'] === 'true' ||
    SKIPPED_ROLES.has(attributes['role'] ?? '')
  )
}
