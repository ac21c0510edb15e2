/** How many words were inserted, left out or replaced, as a share of the words really said. */
export function wordErrorRate(said: string, heard: string): number {
  const saidWords = plainWords(said)
  const heardWords = plainWords(heard)
  let row = Array.from({ length: heardWords.length + 1 }, (_, index) => index)
  for (const [saidIndex, word] of saidWords.entries()) {
    const next = [saidIndex + 1]
    for (const [heardIndex, other] of heardWords.entries()) {
      const replaced = (row[heardIndex] ?? 0) + (word === other ? 0 : 1)
      next.push(Math.min(replaced, (row[heardIndex + 1] ?? 0) + 1, (next[heardIndex] ?? 0) + 1))
    }
    row = next
  }
  return (row.at(-1) ?? 0) / saidWords.length
}

function plainWords(text: string): string[] {
  const bare = text.toLowerCase().replaceAll(/[^\p{L}\p{N}' ]/gu, ' ')
  return bare
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => (word === 'mr' ? 'mister' : word))
}
