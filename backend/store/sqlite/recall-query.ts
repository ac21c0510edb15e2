import { UNSPACED } from './search-text.ts'

/** Words that say nothing about what a note is about. */
const FILLERS = new Set(
  'a an and are at be by do does did for from had has have he her him his how i in is it its me my of on or our she that the their them they this to was we were what when where which who why will with you your'.split(
    ' ',
  ),
)

export type RecallQuery =
  | { readonly kind: 'words'; readonly match: string }
  /** Short pieces of a script without spaces, as JSON: the more of them a text holds, the better. */
  | { readonly kind: 'pieces'; readonly pieces: string }

/**
 * A question, as a query for texts that hold any of its words.
 * @returns undefined if there is no letter or digit in it.
 */
export function recallQuery(question: string): RecallQuery | undefined {
  const words = question
    .normalize('NFC')
    .toLowerCase()
    .match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu)
  if (!words) return undefined
  if (UNSPACED.test(question)) return { kind: 'pieces', pieces: JSON.stringify(words.flatMap(pairsOf)) }
  const telling = words.filter((word) => !FILLERS.has(word))
  const terms = new Set(telling.length > 0 ? telling : words)
  return { kind: 'words', match: [...terms].map((term) => `"${term}"`).join(' OR ') }
}

function pairsOf(word: string): string[] {
  const letters = Array.from(word)
  return letters.length < 2 ? [word] : letters.slice(1).map((letter, index) => `${letters[index]}${letter}`)
}
