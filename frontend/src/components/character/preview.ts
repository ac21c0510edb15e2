import DOMPurify from 'dompurify'
import MarkdownIt from 'markdown-it'
import { scriptHtml } from '../chat/script-text.ts'

interface Names {
  readonly character: string
  readonly user: string
}

/** A text with the names in it; other macros are resolved by the conversation, and stay as they are. */
export function withNames(text: string, { character, user }: Names): string {
  return text
    .replaceAll(/\{\{char\}\}|<(?:bot|char)>/gi, () => character)
    .replaceAll(/\{\{user\}\}|<user>/gi, () => user)
}

/** HTML of what a character would say: as in the script. */
export function spokenHtml(text: string, names: Names): string {
  return DOMPurify.sanitize(scriptHtml(withNames(text, names), false), {
    ALLOWED_TAGS: ['p', 'br', 'em', 'strong', 's', 'a', 'code', 'pre', 'ul', 'ol', 'li', 'blockquote'],
    ALLOWED_ATTR: ['href', 'target', 'rel'],
  })
}

const NOTE_TAGS = (
  'p br em i strong b u s a code pre ul ol li blockquote ' +
  'h1 h2 h3 h4 h5 h6 hr table thead tbody tr td th details summary'
).split(' ')

const notes = new MarkdownIt({ html: true, linkify: true, breaks: true })

/**
 * HTML of what an author says about a card. Cards come with whole pages of style and pictures: words, headings, lists
 * and links are shown, nothing that reaches out of its place or onto the network.
 */
export function notesHtml(text: string): string {
  const html = DOMPurify.sanitize(notes.render(text), {
    ALLOWED_TAGS: NOTE_TAGS,
    ALLOWED_ATTR: ['href'],
    ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  })
  return html.replaceAll('<a ', '<a target="_blank" rel="noopener noreferrer" ')
}
