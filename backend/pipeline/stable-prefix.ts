/** How many partial texts in a row must agree on a word before it is taken for settled. */
const AGREEING_PARTIALS = 3

/** The words of an utterance that will not change any more. Only ever grows. */
export interface StablePrefix {
  readonly words: readonly string[]
  /** The latest partial texts, oldest first. */
  readonly recent: readonly (readonly string[])[]
}

export const NOTHING_STABLE: StablePrefix = { words: [], recent: [] }

/**
 * The prefix after one more partial text. The last word of a partial is never stable: it may still be being said.
 * A partial that contradicts the prefix leaves it as it is.
 */
export function withPartial(prefix: StablePrefix, text: string): StablePrefix {
  const recent = [...prefix.recent, wordsOf(text)].slice(-AGREEING_PARTIALS)
  if (recent.length < AGREEING_PARTIALS) return { words: prefix.words, recent }
  // The newest spelling counts; what was shown as stable keeps its own.
  const agreed = recent.map((words): readonly string[] => words.slice(0, -1)).reduceRight(commonPrefix)
  const isLonger = agreed.length > prefix.words.length && startsWith(agreed, prefix.words)
  const words = isLonger ? [...prefix.words, ...agreed.slice(prefix.words.length)] : prefix.words
  return { words, recent }
}

/** Whether the whole text of the utterance keeps what was called stable; letter case and punctuation do not count. */
export function keepsPrefix(prefix: StablePrefix, finalText: string): boolean {
  return startsWith(wordsOf(finalText), prefix.words)
}

function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/u).filter((word) => word !== '')
}

function commonPrefix(one: readonly string[], other: readonly string[]): readonly string[] {
  const difference = one.findIndex((word, index) => !isSameWord(word, other[index]))
  return difference === -1 ? one : one.slice(0, difference)
}

function startsWith(words: readonly string[], prefix: readonly string[]): boolean {
  return prefix.every((word, index) => isSameWord(word, words[index]))
}

function isSameWord(one: string, other: string | undefined): boolean {
  return other !== undefined && bareWord(one) === bareWord(other)
}

/** A word of signs only stays as it is. */
function bareWord(word: string): string {
  return word.toLowerCase().replaceAll(/[^\p{L}\p{N}']/gu, '') || word
}
