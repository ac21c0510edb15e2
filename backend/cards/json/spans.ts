/**
 * Finds the places of values in a JSON text that JSON.parse takes. It looks only where it is asked to and does not call
 * itself, so depth and size of the rest do not matter.
 */

export interface Span {
  readonly start: number
  /** Behind its last character. */
  readonly end: number
}

export interface MemberSpan extends Span {
  readonly key: string
  /** Where its name begins; of an item of an array, where it begins itself. */
  readonly from: number
}

const SPACE = /[ \t\n\r]*/y
const SCALAR = /[^,\]} \t\n\r]+/y

/** @param start of an object or an array. @returns its members, or its items with their index as key; and its end. */
export function membersOf(
  text: string,
  start: number,
): { readonly members: MemberSpan[]; readonly end: number } {
  const isArray = text[start] === '['
  const members: MemberSpan[] = []
  let at = afterSpace(text, start + 1)
  while (at < text.length && text[at] !== '}' && text[at] !== ']') {
    const from = at
    let key = String(members.length)
    if (!isArray) {
      const keyEnd = stringEnd(text, at)
      key = String(JSON.parse(text.slice(at, keyEnd)))
      at = afterSpace(text, afterSpace(text, keyEnd) + 1)
    }
    const end = valueEnd(text, at)
    members.push({ key, from, start: at, end })
    at = afterSpace(text, end)
    if (text[at] === ',') at = afterSpace(text, at + 1)
  }
  return { members, end: at + 1 }
}

export function afterSpace(text: string, at: number): number {
  SPACE.lastIndex = at
  SPACE.test(text)
  return SPACE.lastIndex
}

/** @param start of any value. */
export function valueEnd(text: string, start: number): number {
  const first = text[start]
  if (first === '"') return stringEnd(text, start)
  if (first !== '{' && first !== '[') return scalarEnd(text, start)
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    const letter = text[at]
    if (letter === '"') at = stringEnd(text, at) - 1
    else if (letter === '{' || letter === '[') depth += 1
    else if (letter === '}' || letter === ']') depth -= 1
    if (depth === 0) return at + 1
  }
  return text.length
}

function scalarEnd(text: string, start: number): number {
  SCALAR.lastIndex = start
  return SCALAR.test(text) ? SCALAR.lastIndex : start + 1
}

function stringEnd(text: string, start: number): number {
  let at = start + 1
  for (;;) {
    const quote = text.indexOf('"', at)
    if (quote === -1) return text.length
    let escapes = 0
    while (text[quote - 1 - escapes] === '\\') escapes += 1
    at = quote + 1
    if (escapes % 2 === 0) return at
  }
}
