import DOMPurify from 'dompurify'

const TAGS = [
  'p',
  'br',
  'em',
  'strong',
  's',
  'a',
  'code',
  'pre',
  'ul',
  'ol',
  'li',
  'blockquote',
  'span',
  'img',
  'button',
]
const ATTRIBUTES = [
  'href',
  'target',
  'rel',
  'title',
  'class',
  'src',
  'alt',
  'loading',
  'referrerpolicy',
  'type',
  'data-image',
  'aria-label',
]

/** HTML with nothing in it that our own rendering would not write. */
export function safeHtml(html: string): string {
  return DOMPurify.sanitize(html, { ALLOWED_TAGS: TAGS, ALLOWED_ATTR: ATTRIBUTES })
}
