/** How a query is to be looked up: in the full text index, or, for scripts without spaces, by reading the text. */
export type SearchQuery =
  | { readonly kind: 'words'; readonly match: string }
  | { readonly kind: 'passage'; readonly pattern: string }

/** Scripts written without spaces between words: the index sees a whole clause of them as one word. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

/**
 * What the user typed, as a query that cannot be misread: every word must occur, the last one may still be unfinished.
 * Quotes, operators and wildcards count as nothing.
 * @returns undefined if there is no letter or digit in it.
 */
export function searchQuery(typed: string): SearchQuery | undefined {
  const words = typed.normalize('NFC').match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu)
  if (!words) return undefined
  if (UNSPACED.test(typed)) return { kind: 'passage', pattern: `%${words.join('%')}%` }
  return { kind: 'words', match: `${words.map((word) => `"${word}"`).join(' ')}*` }
}
