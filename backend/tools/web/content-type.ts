const HTML = /^(?:text\/html|application\/xhtml\+xml)$/
const TEXT = /^(?:text\/.+|application\/(?:.+\+)?(?:json|xml|yaml|x-yaml|x-ndjson|javascript|toml))$/
const SNIFFED_BYTES = 1_024

/** What to do with an answer, by its `Content-Type`. One without any is taken for a page. */
export function contentKindOf(contentType: string): 'html' | 'text' | 'other' {
  const mediaType = (contentType.split(';')[0] ?? '').trim().toLowerCase()
  if (mediaType === '' || HTML.test(mediaType)) return 'html'
  return TEXT.test(mediaType) ? 'text' : 'other'
}

/**
 * How the bytes are to be read: as their mark says, else their `Content-Type`, else the page itself, else UTF-8.
 * @returns a label that TextDecoder knows.
 */
export function charsetOf(contentType: string, bytes: Buffer): string {
  const start = bytes.subarray(0, SNIFFED_BYTES).toString('latin1')
  const labels = [
    markOf(start),
    /charset\s*=\s*["']?([\w.:-]{1,40})/i.exec(contentType)?.[1],
    /<meta\b[^>]{0,200}?charset\s*=\s*["']?([\w.:-]{1,40})/i.exec(start)?.[1],
    /^<\?xml\b[^>]{0,100}?encoding\s*=\s*["']([\w.:-]{1,40})/i.exec(start)?.[1],
  ]
  return labels.find((label) => label !== undefined && isKnown(label)) ?? 'utf-8'
}

function markOf(start: string): string | undefined {
  if (start.startsWith('\xEF\xBB\xBF')) return 'utf-8'
  if (start.startsWith('\xFF\xFE')) return 'utf-16le'
  if (start.startsWith('\xFE\xFF')) return 'utf-16be'
  return undefined
}

function isKnown(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== ''
  } catch {
    return false
  }
}
