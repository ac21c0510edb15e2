/** File systems allow 255 bytes; there is to be room for an ending, and for ` (1)`. */
const MAX_BYTES = 200
/** Separators and wildcards; control characters; what is not seen or turns the direction of what is behind it. */
// oxlint-disable-next-line no-control-regex
const UNWANTED = /[/\\:*?"<>|\u0000-\u001F\u007F-\u009F\u200B\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]/g
const letters = new Intl.Segmenter('en')
/** Windows opens devices under these names. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i

/**
 * A name under which a file can be saved anywhere: no path, nothing that is not seen, nothing that file systems have
 * other plans for.
 */
export function fileNameOf(name: string, ext: string): string {
  const plain = name
    .normalize('NFC')
    .replaceAll(UNWANTED, ' ')
    .replaceAll(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, ' ')
    .replaceAll(/\s+/g, ' ')
  const short = beginningOf(plain.replace(/^[\s.]+/, '')).replace(/[\s.]+$/, '')
  const safe = RESERVED.test(short) ? `${short}_` : short
  return `${safe || 'unnamed'}.${ext}`
}

/** As much as there is room for, without cutting a letter in two. */
function beginningOf(name: string): string {
  let beginning = ''
  for (const { segment } of letters.segment(name)) {
    if (Buffer.byteLength(beginning + segment) > MAX_BYTES) break
    beginning += segment
  }
  return beginning
}

/** The header that has a browser save an answer under this name (RFC 6266 with RFC 5987). */
export function contentDisposition(fileName: string): string {
  const ascii = fileName.replaceAll(/[^\u0020-\u007E]|["\\%]/g, '_')
  const encoded = encodeURIComponent(fileName).replaceAll(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`
}

/** `Mira - 2024-10-18@20h52m17s123ms`, as SillyTavern calls its files. */
const DATED =
  /^(?<name>.+?)\s*-\s*(?<date>\d{4}-\d{1,2}-\d{1,2})\s*@?\s*(?<hour>\d{1,2})h\s*(?<minute>\d{1,2})m.*$/u

/** Without the folders that some senders put before it. */
export function baseName(file: string): string {
  return (file.split(/[/\\]/u).at(-1) ?? '').toWellFormed()
}

/** What a conversation is called that comes from a file of this name. */
export function titleOfFile(file: string): string {
  const name = baseName(file).replace(/\.(?:jsonl|json|txt)$/iu, '')
  const parts = DATED.exec(name)?.groups
  if (!parts) return name.trim()
  const { name: who = '', date = '', hour = '', minute = '' } = parts
  return `${who}, ${date} ${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`
}
