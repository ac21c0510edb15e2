/** Words as they sound: no case, no punctuation. */
export function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .replaceAll('’', "'")
    .split(/[^\p{L}\p{N}']+/u)
    .filter((word) => word !== '')
}

/** Insertions, deletions and substitutions per word that was said. */
export function wordErrorRate(said: string, heard: string): number {
  const expected = wordsOf(said)
  const actual = wordsOf(heard)
  let row = actual.map((_, index) => index + 1)
  for (const [index, word] of expected.entries()) {
    let diagonal = index
    let left = index + 1
    row = row.map((above, at) => {
      left = Math.min(left + 1, above + 1, diagonal + (actual[at] === word ? 0 : 1))
      diagonal = above
      return left
    })
  }
  return (row.at(-1) ?? expected.length) / expected.length
}

/** What is said in the recordings that are known. */
export const TRANSCRIPTS: Readonly<Record<string, string>> = {
  'jfk.wav':
    'and so my fellow americans ask not what your country can do for you ask what you can do for your country',
  'austen-0870.wav':
    'and mister john dashwood had then leisure to consider how much there might be prudently in his power to do for them',
  'austen-0880.wav': 'he was not an ill disposed young man',
}
