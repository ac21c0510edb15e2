/**
 * What flite can read of one word: printable ASCII. It takes text as bytes, so anything else is mapped or left
 * out. Letters of other scripts cannot be pronounced and are left out.
 * @param token text without spaces.
 * @returns '' if there is nothing to pronounce; may be several words.
 */
export function pronounceable(token: string): string {
  const readable = READINGS.reduce(
    (text, [pattern, reading]) => text.replaceAll(pattern, reading),
    decomposed(token),
  )
  const tidy = readable.replaceAll(/\s+(?=[,.;:!?\s]|$)|^[\s,]+/g, '')
  // Flite's time grows with the square of a word's length.
  return /[A-Za-z0-9$%]/.test(tidy) ? tidy.replaceAll(/[^ ]{40}(?=[^ ])/g, '$& ') : ''
}

/** Letters without their accents, ligatures and styled letters as plain ones; fractions are read by name. */
function decomposed(token: string): string {
  return token.replaceAll('½', ' half ').normalize('NFKD')
}

/** Whether punctuation that stands alone, such as a dash, is a pause. */
export function isPause(token: string): boolean {
  return /[-–—―…,;:.!?]/u.test(token)
}

/** Applied in this order. */
const READINGS: readonly (readonly [RegExp, string])[] = [
  [/[‘’‚ʼ′]/gu, "'"],
  [/(?<=\d)[–—](?=\d)/gu, ' to '],
  [/[–—―]|-{2,}/gu, ', '],
  [/[‐‑−]/gu, '-'],
  [/\.{2,}/g, ', '],
  [/^-(?=[\d.$])/g, 'minus '],
  [/&/g, ' and '],
  [/@/g, ' at '],
  [/\+/g, ' plus '],
  [/=/g, ' equals '],
  [/×/gu, ' times '],
  [/÷/gu, ' divided by '],
  [/€/gu, ' euros '],
  [/£/gu, ' pounds '],
  [/°/gu, ' degrees '],
  [/[ßẞ]/gu, 'ss'],
  [/[æÆ]/gu, 'ae'],
  [/[œŒ]/gu, 'oe'],
  [/[øØ]/gu, 'o'],
  [/[łŁ]/gu, 'l'],
  [/[đĐðÐ]/gu, 'd'],
  [/[þÞ]/gu, 'th'],
  [/ı/gu, 'i'],
  [/[^\x20-\x7e]+/gu, ''],
  [/[*_#<>~^`|/\\[\]{}"]/g, ' '],
  [/(?<![A-Za-z0-9])-|-(?![A-Za-z0-9])/g, ' '],
  [/[,;:!?](?=[A-Za-z])/g, '$& '],
]
