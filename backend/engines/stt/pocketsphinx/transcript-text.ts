/** The decoder's own signs: `<s>`, `<sil>`, `[NOISE]`, `++BREATH++`, and `to(3)` for the third way to say "to". */
const MARKS = /<[^>]*>|\[[^\]]*\]|\+\+[^+]*\+\+|\(\d+\)/gu

/** What the decoder heard, as words with single spaces. */
export function transcriptText(hypothesis: string): string {
  return hypothesis.replaceAll(MARKS, '').replaceAll(/\s+/gu, ' ').trim()
}
