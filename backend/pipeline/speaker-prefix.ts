/** The names under which parts of a reply may be labelled, in small letters. */
export interface Voices {
  /** The one who is to speak. */
  readonly own: readonly string[]
  /** Everyone for whom it must not speak. */
  readonly foreign: readonly string[]
}

/** What stands at the beginning of a text; `maybe` if its end has to arrive before that is known. */
export type Label =
  | {
      readonly isOwn: boolean
      readonly length: number
      /** Whose label it is, in small letters, where it names somebody. */
      readonly name?: string
    }
  | 'none'
  | 'maybe'

/** What ends a model's turn, and what only structures its prompt. */
const END_TOKENS = [
  '<|im_end|>',
  '<|eot_id|>',
  '<|endoftext|>',
  '<|end_of_text|>',
  '<|end|>',
  '</s>',
  '<eos>',
  '<end_of_turn>',
  '[inst]',
]
const OTHER_TOKENS = ['<s>', '<bos>', '<start_of_turn>', '[/inst]', '<<sys>>', '<</sys>>']
const LONGEST_TAG_CHARS = 200
const LONGEST_ASIDE_CHARS = 60
const MARKERS = '*_['
/** What follows the token that begins a turn. */
const ROLES = ['assistant', 'model', 'system', 'user']

/** A special token of a model, or a tag with a name of the cast (`<Nora>`, `</Nora>`), at the beginning of the text. */
export function tagAt(text: string, { own, foreign }: Voices): Label {
  const start = text.slice(0, LONGEST_TAG_CHARS).toLowerCase()
  const token = [...END_TOKENS, ...OTHER_TOKENS].find((candidate) => start.startsWith(candidate))
  if (token)
    return END_TOKENS.includes(token)
      ? { isOwn: false, length: token.length }
      : turnTokenAt(start, token.length)
  if ([...END_TOKENS, ...OTHER_TOKENS].some((candidate) => candidate.startsWith(start))) return 'maybe'
  const unknown = /^<\|[\w ]*(?:\|>)?/.exec(start)?.[0]
  if (unknown?.endsWith('|>')) return turnTokenAt(start, unknown.length)
  if (unknown !== undefined)
    return unknown.length === start.length || start === `${unknown}|` ? 'maybe' : 'none'
  return nameTagAt(start, own, foreign)
}

/** A token of the given length, with the role it may introduce. */
function turnTokenAt(start: string, length: number): Label {
  if (!/start/.test(start.slice(0, length))) return { isOwn: true, length }
  const behind = start.slice(length)
  const role = ROLES.find((candidate) => behind.startsWith(candidate))
  if (role === undefined && ROLES.some((candidate) => candidate.startsWith(behind))) return 'maybe'
  return { isOwn: role !== 'user', length: length + (role?.length ?? 0) }
}

function nameTagAt(start: string, own: readonly string[], foreign: readonly string[]): Label {
  const opening = /^<\s*\/?\s*/.exec(start)?.[0]
  if (opening === undefined) return 'none'
  const inner = start.slice(opening.length)
  const names = [...own, ...foreign]
  const name = longestName(inner, names)
  if (name === undefined) return names.some((candidate) => candidate.startsWith(inner)) ? 'maybe' : 'none'
  const rest = inner.slice(name.length)
  const closing = rest.indexOf('>')
  if (!/^(?:[\s/>]|$)/.test(rest))
    return names.some((candidate) => candidate.startsWith(inner)) ? 'maybe' : 'none'
  if (closing === -1) return start.length < LONGEST_TAG_CHARS && !rest.includes('\n') ? 'maybe' : 'none'
  const isClosingTag = opening.includes('/')
  const length = opening.length + name.length + closing + 1
  return { isOwn: isClosingTag || own.includes(name), length, name }
}

/** A name and a colon at the beginning of a line: `Nora:`, `**Nora:**`, `[Nora]:`, `Nora (smiling):`. */
export function prefixAt(line: string, { own, foreign }: Voices): Label {
  const opening = leading(line, (character) => MARKERS.includes(character) || character === ' ')
  if (opening.length > 8) return 'none'
  const inner = line.slice(opening.length).toLowerCase()
  const names = [...own, ...foreign]
  const name = longestName(inner, names)
  const couldGrow = names.some(
    (candidate) => candidate.length > (name?.length ?? 0) && candidate.startsWith(inner),
  )
  if (name === undefined) return couldGrow ? 'maybe' : 'none'
  const length = prefixLength(line, opening, opening.length + name.length)
  if (typeof length === 'number') return { isOwn: own.includes(name), length, name }
  return couldGrow ? 'maybe' : length
}

/** The length of the prefix whose name ends at `nameEnd`, with the marker that closes behind its colon. */
function prefixLength(line: string, opening: string, nameEnd: number): number | 'none' | 'maybe' {
  let at = nameEnd + leading(line.slice(nameEnd), isGap).length
  if (line.charAt(at) === '(') {
    const close = line.indexOf(')', at)
    const isOpen = close === -1 && line.length - at < LONGEST_ASIDE_CHARS && !line.includes('\n', at)
    if (close === -1 || close - at > LONGEST_ASIDE_CHARS) return isOpen ? 'maybe' : 'none'
    at = close + 1 + leading(line.slice(close + 1), isGap).length
  }
  if (at >= line.length) return 'maybe'
  if (!/[:：]/.test(line.charAt(at))) return 'none'
  const stars = /[*_]+/.exec(opening)?.[0] ?? ''
  if (stars === '' || line.slice(nameEnd, at).includes(stars)) return at + 1
  const behind = line.slice(at + 1, at + 1 + stars.length)
  if (behind === stars) return at + 1 + stars.length
  return stars.startsWith(behind) ? 'maybe' : at + 1
}

function isGap(character: string): boolean {
  return '*_] '.includes(character)
}

function leading(text: string, belongs: (character: string) => boolean): string {
  let end = 0
  while (end < text.length && belongs(text.charAt(end))) end += 1
  return text.slice(0, end)
}

function longestName(text: string, names: readonly string[]): string | undefined {
  const found = names.filter((name) => text.startsWith(name))
  return found.reduce<string | undefined>(
    (best, name) => (name.length > (best?.length ?? 0) ? name : best),
    undefined,
  )
}
