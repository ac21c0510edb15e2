import { type MarkdownIt } from 'markdown-it'

/** What the pictures of a line may do, and what is said in their place. */
export interface ImageRules {
  /** Whether this address may be fetched from somewhere else. */
  readonly isAllowed: (url: string) => boolean
  /** What stands in the place of one that may not. */
  readonly words: (host: string) => string
}

/** What is told to the rules of one text. */
export interface TextEnv {
  readonly isStreaming?: boolean
  readonly images?: ImageRules | undefined
}

/**
 * Pictures of our own are shown. To fetch one from elsewhere tells its server who reads: in its place stands a button.
 * Its words are no text of the page, so that the text stays what the character said.
 */
export function renderImages(markdown: MarkdownIt): void {
  const { escapeHtml } = markdown.utils
  markdown.renderer.rules['image'] = (tokens, index, _options, env: TextEnv | undefined) => {
    const token = tokens[index]
    const url = String(token?.attrGet('src') ?? '')
    const alt = escapeHtml(token?.content ?? '')
    const source = escapeHtml(url)
    if (isOwn(url) || env?.images?.isAllowed(url) === true) {
      return `<img src="${source}" alt="${alt}" loading="lazy" referrerpolicy="no-referrer">`
    }
    if (!url.startsWith('https://'))
      return `<a href="${source}" target="_blank" rel="${OUTBOUND}">${alt || source}</a>`
    const words = escapeHtml(env?.images?.words(hostOf(url)) ?? hostOf(url))
    return `<button type="button" data-image="${source}" aria-label="${words}"></button>`
  }
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
