/** Scripts written without spaces between words: an index of words would see a whole clause of them as one. */
const SCRIPTS = ['Han', 'Hiragana', 'Katakana', 'Thai', 'Lao', 'Khmer', 'Myanmar', 'Bopomofo', 'Yi']
const LETTER = `[${SCRIPTS.map((script) => `\\p{Script=${script}}`).join('')}ー々〆〇]`

export const UNSPACED = new RegExp(LETTER, 'u')
const UNSPACED_RUN = new RegExp(`(?:${LETTER}\\p{M}*)+`, 'gu')
const UNSPACED_LETTER = new RegExp(`${LETTER}\\p{M}*`, 'gu')

/** What no index can hold: halves of characters, and the end of a C string. */
const UNINDEXABLE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]|\0/g

/**
 * A text as the full text indexes hold it. Of scripts without spaces every two neighbouring letters are one word, and
 * the last letter of a run is one more, so that any piece of it can be found: `日本語` is `日本 本語 語`.
 */
export function searchText(text: string): string {
  const whole = text.replaceAll(UNINDEXABLE, ' ').normalize('NFC')
  if (!UNSPACED.test(whole)) return whole
  return whole.replaceAll(UNSPACED_RUN, (run) => ` ${pairsOf(run, true).join(' ')} `)
}

/** The letters of a run in pairs; a single one stays alone. */
export function pairsOf(run: string, withLast: boolean): string[] {
  const letters = run.match(UNSPACED_LETTER) ?? [run]
  const pairs = letters.slice(1).map((letter, index) => `${letters[index]}${letter}`)
  const last = letters.at(-1) ?? ''
  return withLast || pairs.length === 0 ? [...pairs, last] : pairs
}

/** For sorting out what matches, as the indexes do: no accents, no capitals. */
export function folded(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
}

/** Words and runs of letters in a text, in their order. */
export function piecesOf(text: string): string[] {
  return (
    text
      .replaceAll(UNINDEXABLE, ' ')
      .normalize('NFC')
      .replaceAll(UNSPACED_RUN, ' $& ')
      .match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu) ?? []
  )
}
