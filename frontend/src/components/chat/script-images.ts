import { type MarkdownIt } from 'markdown-it'

/** What the pictures of a line may do, and what is said in their place. */
export interface ImageRules {
  /** Whether this address may be fetched from somewhere else. */
  readonly isAllowed: (url: string) => boolean
  /** What stands in the place of one that may not. */
  readonly words: (host: string) => string
}

/**
 * Pictures of our own are shown. To fetch one from elsewhere tells its server who reads: in its place stands a button.
 * Its words are no text of the page, so that the text stays what the character said.
 */
export function renderImages(markdown: MarkdownIt): void {
  const { escapeHtml } = markdown.utils
  markdown.core.ruler.push('images', ({ tokens, env }) => {
    const rules = isImageRules(env['images']) ? env['images'] : NO_IMAGES
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      if (token.type !== 'image') continue
      const url = String(token.attrGet('src') ?? '')
      token.type = 'html_inline'
      token.content = imageHtml({ url, alt: token.content, rules }, escapeHtml)
    }
  })
}

interface Image {
  readonly url: string
  readonly alt: string
  readonly rules: ImageRules
}

function imageHtml({ url, alt, rules }: Image, escape: (text: string) => string): string {
  const source = escape(url)
  if (isOwn(url) || rules.isAllowed(url)) {
    return `<img src="${source}" alt="${escape(alt)}" loading="lazy" referrerpolicy="no-referrer">`
  }
  if (!url.startsWith('https://')) {
    return `<a href="${source}" target="_blank" rel="${OUTBOUND}">${escape(alt) || source}</a>`
  }
  return `<button type="button" data-image="${source}" aria-label="${escape(rules.words(hostOf(url)))}"></button>`
}

const NO_IMAGES: ImageRules = { isAllowed: () => false, words: (host) => host }

function isImageRules(value: unknown): value is ImageRules {
  return typeof value === 'object' && value !== null && 'isAllowed' in value && 'words' in value
}

export const OUTBOUND = 'noopener noreferrer'

/** Of this server, or in the text itself. */
function isOwn(url: string): boolean {
  return /^(?:\/media\/|data:image\/)/.test(url)
}

export function hostOf(url: string): string {
  try {
    return new URL(url).host
  } catch {
    return ''
  }
}
