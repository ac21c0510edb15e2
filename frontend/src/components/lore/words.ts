const MOST_WORDS = 1_000
const MOST_LETTERS = 500

/** A whole regular expression between slashes, or anything up to the next comma. */
const PART = /\s*(\/(?:[^/\\]|\\.)+\/[a-z]*(?=\s*(?:,|$))|[^,]+)/gu

/** `sea, /storm|gale, perhaps/i, boat` → three: a comma inside of a regular expression does not part. */
export function splitWords(text: string): string[] {
  return [...text.matchAll(PART)]
    .map(([, word = '']) => word.trim().slice(0, MOST_LETTERS))
    .filter((word) => word !== '')
    .slice(0, MOST_WORDS)
}

export function joinWords(words: readonly string[]): string {
  return words.join(', ')
}
