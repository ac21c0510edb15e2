/**
 * Changing JSON in its text, so that everything else stays as somebody wrote it: spelling of numbers, order of keys,
 * escapes, spaces. The texts given must be valid JSON.
 */

interface Span {
  readonly start: number
  readonly end: number
}

interface Member extends Span {
  readonly key: string
}

/** The text of the value under a key of an object; of a key that stands there twice, the last one, as everywhere. */
export function memberText(text: string, key: string): string | undefined {
  const member = membersOf(text).findLast((one) => one.key === key)
  return member && text.slice(member.start, member.end)
}

/** The texts of the elements of an array. */
export function elementTexts(text: string): string[] {
  return partsOf(text).map(({ start, end }) => text.slice(start, end))
}

/** The object with some values replaced, or put behind the others. @param changes JSON texts by key. */
export function withMembers(text: string, changes: Readonly<Record<string, string>>): string {
  const members = membersOf(text)
  const replaced: { span: Span; by: string }[] = []
  const added: string[] = []
  for (const [key, by] of Object.entries(changes)) {
    const span = members.findLast((one) => one.key === key)
    if (span) replaced.push({ span, by })
    else added.push(`${JSON.stringify(key)}:${by}`)
  }
  let result = text
  const last = members.at(-1)
  const place = last ? last.end : text.indexOf('{') + 1
  const behind = `${last ? ',' : ''}${added.join(',')}`
  // First, as it stands behind a last value that may be replaced, too.
  if (added.length > 0) replaced.unshift({ span: { start: place, end: place }, by: behind })
  for (const { span, by } of replaced.toSorted((a, b) => b.span.end - a.span.end)) {
    result = result.slice(0, span.start) + by + result.slice(span.end)
  }
  return result
}

function membersOf(text: string): Member[] {
  return partsOf(text).map(({ start, end }) => {
    const keyEnd = stringEnd(text, start)
    const colon = text.indexOf(':', keyEnd)
    const key: unknown = JSON.parse(text.slice(start, keyEnd))
    return { key: String(key), start: valueStart(text, colon + 1), end }
  })
}

/** What stands between the commas of an object or array, without the spaces around it. */
function partsOf(text: string): Span[] {
  const parts: Span[] = []
  let depth = 0
  let start = -1
  let end = -1
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at)
    if (SPACE.has(char)) continue
    if (depth === 1 && (char === ',' || char === '}' || char === ']')) {
      if (start >= 0) parts.push({ start, end })
      start = -1
      if (char !== ',') break
      continue
    }
    if (depth === 1 && start < 0) start = at
    if (char === '"') at = stringEnd(text, at) - 1
    else if (char === '{' || char === '[') depth += 1
    else if (char === '}' || char === ']') depth -= 1
    end = at + 1
  }
  return parts
}

const SPACE = new Set([' ', '\t', '\n', '\r', '\uFEFF'])

function valueStart(text: string, from: number): number {
  let at = from
  while (SPACE.has(text.charAt(at))) at += 1
  return at
}

/** Behind the quote that ends the string which begins here. */
function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text.charAt(at)
    if (char === '\\') at += 1
    else if (char === '"') return at + 1
  }
  return text.length
}
