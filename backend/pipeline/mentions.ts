interface Named {
  readonly id: string
  readonly name: string
  readonly nickname?: string
}

interface Occurrence {
  readonly at: number
  /** As in `fold`. */
  readonly name: string
}

const EVERYONE = ['everyone', 'all']
const GREETINGS =
  'hey|hi|hello|ok|okay|so|well|and|dear|oh|yes|no|thanks|thank you|good morning|good evening|hola|oye|salut|hallo'
const AND = '(?:\\s*[,、，&]\\s*(?:and\\s+)?|\\s+(?:and|or|y|e|o|und|et)\\s+)'
/** Names that are called at the end stand this near to it; searching all of a long text would take too long. */
const END_CHARACTERS = 300
const WORD = '[\\p{L}\\p{M}\\p{N}_]'
/** Scripts in which a name has no space around it. */
const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}ー]$/u

/**
 * Whom a message calls, in the order of their first mention, each once. Typed text calls by `@Name` anywhere and by
 * the bare name at its beginning or end (`Nora, what …`, `…, Nora?`), spoken text by any whole name. The first of
 * several names suffices if nobody else has it.
 * @param options.everyone whom `@everyone` and `@all` call; all characters by default.
 */
export function mentionedCharacters<T extends Named>(
  text: string,
  characters: readonly T[],
  options: { isSpoken: boolean; everyone?: readonly T[] },
): T[] {
  const called = calledBy(characters)
  const names = [...called.keys()]
  if (names.length === 0) return []
  const plain = text.normalize('NFC')
  const marked = occurrences(plain, [...names, ...EVERYONE], '(?<![A-Za-z0-9._%+-])@')
  const bare = options.isSpoken ? occurrences(plain, names) : vocatives(plain, names)
  const inOrder = [...marked, ...bare].toSorted((a, b) => a.at - b.at)
  const mentioned = inOrder.flatMap(({ name }) => {
    const character = called.get(name)
    return character ? [character] : (options.everyone ?? characters)
  })
  return [...new Set(mentioned)]
}

/** Every name that calls exactly one character. A whole name goes before somebody's first name. */
function calledBy<T extends Named>(characters: readonly T[]): Map<string, T> {
  const called = new Map<string, T>()
  const firstNames = characters.map((character) => fold(character.name).split(' ')[0] ?? '')
  for (const [index, character] of characters.entries()) {
    const first = firstNames[index] ?? ''
    const isUnique = firstNames.indexOf(first) === firstNames.lastIndexOf(first)
    if (first.length > 1 && isUnique) called.set(first, character)
  }
  for (const character of characters.toReversed()) {
    if (character.nickname) called.set(fold(character.nickname), character)
  }
  for (const character of characters.toReversed()) called.set(fold(character.name), character)
  called.delete('')
  return called
}

/** Where names stand as whole words behind `prefix`; the longest name wins. */
function occurrences(text: string, names: readonly string[], prefix = ''): Occurrence[] {
  const pattern = new RegExp(`${prefix}(${anyOf(names, prefix === '')})`, 'giu')
  return [...text.matchAll(pattern)].map(({ 1: name = '', index }) => ({ at: index, name: fold(name) }))
}

/** Names at the beginning or the end of a typed text, set off from it as one does when calling somebody. */
function vocatives(text: string, names: readonly string[]): Occurrence[] {
  const name = `(?:${anyOf(names, true)})`
  const list = `(?<list>${name}(?:${AND}${name})*)`
  const endFrom = Math.max(0, text.length - END_CHARACTERS)
  const places = [
    { from: 0, pattern: `^\\s*(?:(?:${GREETINGS})[,!]?\\s+)?${list}\\s*(?:[,，、:：.!?…。！？—]|$)` },
    { from: endFrom, pattern: `[,，、]\\s*${list}[\\s.!?…。！？]*$` },
  ]
  return places.flatMap(({ from, pattern }) => {
    const part = text.slice(from)
    const found = new RegExp(pattern, 'diu').exec(part)
    const [start, end] = found?.indices?.groups?.['list'] ?? [0, 0]
    return occurrences(part.slice(start, end), names).map(({ at, name: called }) => ({
      at: at + from + start,
      name: called,
    }))
  })
}

function anyOf(names: readonly string[], isWholeWord: boolean): string {
  const longestFirst = names.toSorted((a, b) => b.length - a.length)
  return longestFirst.map((name) => patternOf(name, isWholeWord)).join('|')
}

function patternOf(name: string, isWholeWord: boolean): string {
  const letters = Array.from(name)
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`).replaceAll(' ', '\\s+')
  const before = isWholeWord && !UNSPACED.test(letters[0] ?? '') ? `(?<!${WORD}|@)` : ''
  const after = UNSPACED.test(letters.at(-1) ?? '') ? '' : `(?!${WORD})`
  return before + escaped.replaceAll("'", "['’]") + after
}

/** Names are compared in small letters, with one space between their parts. */
function fold(name: string): string {
  return name.normalize('NFC').toLowerCase().replaceAll('’', "'").trim().replaceAll(/\s+/g, ' ')
}
