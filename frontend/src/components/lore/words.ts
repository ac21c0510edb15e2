const MOST_WORDS = 1_000
const MOST_LETTERS = 500

/** `sea, /storm|gale, perhaps/i, boat` → three: a comma inside of a regular expression does not part. */
export function splitWords(text: string): string[] {
  const words: string[] = []
  let word = ''
  let isPattern = false
  for (const [index, letter] of [...text].entries()) {
    if (letter === '/' && word.trim() === '') isPattern = true
    else if (letter === '/' && isPattern && !isEscaped(text, index)) isPattern = false
    if (letter === ',' && !isPattern) {
      words.push(word)
      word = ''
    } else word += letter
  }
  // A slash that is never closed is no pattern.
  const rest = isPattern ? word.split(',') : [word]
  return [...words, ...rest]
    .map((one) => one.trim().slice(0, MOST_LETTERS))
    .filter((one) => one !== '')
    .slice(0, MOST_WORDS)
}

export function joinWords(words: readonly string[]): string {
  return words.join(', ')
}

function isEscaped(text: string, index: number): boolean {
  return [...text][index - 1] === '\\'
}
