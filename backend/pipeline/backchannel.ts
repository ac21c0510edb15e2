/** What listeners say without wanting the floor. */
const PHRASES = `mm hm, mm hmm, m hm, mhm, mmhm, mhmm, mm, hm, uh huh, uhhuh, aha, huh, ah, oh, ooh, aw, haha,
  yeah, yea, yep, yup, yes, ya, yah, ok, okay, k, right, sure, alright, all right, fine,
  i see, i know, i get it, i understand, got it, gotcha, go on, of course, for sure, makes sense, that makes sense,
  that's right, that's true, you're right, sounds good, fair enough, good point, cool, nice, very nice, wow, great, good,
  true, exactly, totally, absolutely, definitely, indeed, interesting, really, oh my`
  .split(',')
  .map((phrase) => phrase.trim().split(' '))

const LONGEST_BACKCHANNEL_WORDS = 5

/** Whether a short utterance only says that its speaker listens: `mm-hm`, `yeah`, `oh, I see`. A question never does. */
export function isBackchannel(text: string): boolean {
  const words = wordsOf(text)
  if (text.includes('?') || words.length === 0 || words.length > LONGEST_BACKCHANNEL_WORDS) return false
  let at = 0
  while (at < words.length) {
    const length = longestPhraseAt(words, at)
    if (length === 0) return false
    at += length
  }
  return true
}

/** Words as a recogniser may write them: `<sil>`, `[noise]` and alternates such as `yeah(2)` taken out, `mmmm` as `mm`. */
function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .replaceAll(/<[^>]*>|\[[^\]]*\]|\(\d+\)/g, ' ')
    .replaceAll('’', "'")
    .replaceAll(/[^\p{L}\p{N}']+/gu, ' ')
    .replaceAll(/([a-z])\1{2,}/g, '$1$1')
    .replaceAll(/\b(hm|yeah|oh|ah)(?:\1|[hm])+\b/g, '$1')
    .split(' ')
    .filter((word) => word !== '')
}

function longestPhraseAt(words: readonly string[], at: number): number {
  const lengths = PHRASES.filter((phrase) => phrase.every((word, index) => words[at + index] === word)).map(
    ({ length }) => length,
  )
  return Math.max(0, ...lengths)
}
