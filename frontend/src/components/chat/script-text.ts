import MarkdownIt from 'markdown-it'
import { hostOf, type ImageRules, OUTBOUND, renderImages } from './script-images.ts'
import { markSpeech } from './script-speech.ts'

/** What characters write: paragraphs, stage directions in `*…*`, speech in quotation marks, the odd list. No HTML. */
const markdown = new MarkdownIt('zero', { html: false, linkify: true, breaks: true })
  .enable([
    'emphasis',
    'strikethrough',
    'link',
    'linkify',
    'autolink',
    'backticks',
    'fence',
    'list',
    'blockquote',
    'image',
  ])
  .enable(['newline', 'escape', 'entity'])

/** Links open elsewhere, and what they open cannot reach back. */
markdown.core.ruler.push('outbound-links', ({ tokens }) => {
  for (const token of tokens.flatMap(({ children }) => children ?? [])) {
    if (token.type !== 'link_open') continue
    token.attrSet('target', '_blank')
    token.attrSet('rel', OUTBOUND)
    token.attrSet('title', hostOf(String(token.attrGet('href') ?? '')))
  }
})
markdown.use(markSpeech).use(renderImages)

/** HTML of a line; still to be sanitised. While it streams, an open `*` is closed so that the text does not jump. */
export function scriptHtml(text: string, isStreaming: boolean, images?: ImageRules): string {
  return markdown.render(isStreaming ? closeOpenMarks(text) : text, { isStreaming, images })
}

/** Closes the last unclosed `*`, `**` or fence. */
export function closeOpenMarks(text: string): string {
  if ((text.match(/^```/gm)?.length ?? 0) % 2 === 1) return `${text}\n\`\`\``
  const mark = openMark(text)
  if (!mark) return text
  const trimmed = text.replace(/[\s*]+$/, '')
  return openMark(trimmed) === mark ? trimmed + mark : trimmed
}

function openMark(text: string): '**' | '*' | '' {
  const paragraph = text.slice(text.lastIndexOf('\n\n') + 1)
  const isOpen = (mark: RegExp) => (paragraph.match(mark)?.length ?? 0) % 2 === 1
  if (isOpen(/(?<!\*)\*\*(?!\*)/g)) return '**'
  return isOpen(/(?<!\*)\*(?!\*)/g) ? '*' : ''
}

/**
 * Where each character of the source stands in the text as rendered, which is the source less its marks.
 * A mark gets the place of the next visible character. One entry more than the source has characters.
 */
export function alignment(source: string, rendered: string): Uint32Array {
  const places = new Uint32Array(source.length + 1)
  let place = 0
  for (let index = 0; index < source.length; index += 1) {
    while (isGapOnlyIn(rendered, place, source[index])) place += 1
    places[index] = place
    if (source[index] === rendered[place]) place += 1
  }
  places[source.length] = place
  return places
}

/** Rendering adds line breaks between blocks; they belong to no character of the source. */
function isGapOnlyIn(rendered: string, place: number, sourceChar: string | undefined): boolean {
  return (
    rendered[place] === '\n' &&
    sourceChar !== '\n' &&
    sourceChar !== undefined &&
    /[^\s*_`~#>-]/.test(sourceChar)
  )
}
