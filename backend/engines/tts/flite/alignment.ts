import { type Phone } from './flite-command.ts'

/**
 * Which word each phone belongs to. Flite tells when phones end, not whose they are; letters and phones are
 * therefore matched as two spellings of the same sentence, at the least cost.
 */

/** When a word is heard, in seconds. */
export interface Span {
  readonly start: number
  readonly end: number
}

/**
 * @param readings what flite read for each word; '' is silent.
 * @returns a span for each word, in order; that of a word without sound is empty and stands where it would be.
 */
export function alignWords(readings: readonly string[], phones: readonly Phone[]): Span[] {
  const owners = phoneOwners(lettersOf(readings), phones)
  const spans: Span[] = []
  let at = phones[0]?.name === PAUSE ? phones[0].endSeconds : 0
  for (const word of readings.keys()) {
    const first = owners.indexOf(word)
    const last = owners.lastIndexOf(word)
    const start = first < 0 ? at : (phones[first - 1]?.endSeconds ?? 0)
    const end = last < 0 ? start : (phones[last]?.endSeconds ?? start)
    spans.push({ start, end })
    at = end
  }
  return spans
}

const PAUSE = 'pau'
const NOBODY = -1

interface Letter {
  readonly letter: string
  readonly word: number
  readonly isLast: boolean
  /** Whether a pause may follow. */
  readonly isPauseBehind: boolean
  /** Digits and acronyms are read as words: a letter has many phones then. */
  readonly isSpelled: boolean
  /** As at the end of `house`. */
  readonly isSilentE: boolean
}

function lettersOf(readings: readonly string[]): Letter[] {
  return readings.flatMap((reading, word) => {
    const letters = reading.replaceAll(/[^A-Za-z0-9$%]/g, '').split('')
    const isAcronym = ACRONYM.test(reading)
    const endsInSilentE = /[aeiouy].*[^aeiou]e\W*$/i.test(reading)
    return letters.map((letter, index) => {
      const isLast = index === letters.length - 1
      return {
        letter: letter.toLowerCase(),
        word,
        isLast,
        isPauseBehind: isLast && /[^A-Za-z0-9]$/.test(reading),
        isSpelled: isAcronym || /[^A-Za-z]/.test(letter),
        isSilentE: isLast && endsInSilentE,
      }
    })
  })
}

/** All capitals, or no vowel to read it with. */
const ACRONYM = /^(?:[^a-z]*[A-Z][^a-z]*[A-Z][^a-z]*|[^aeiouyAEIOUY]+)$/

/** Steps of the cheapest way to a cell: a letter and a phone together, a silent letter, or one more phone. */
const TOGETHER = 1
const SILENT = 2
const EXTRA = 3

/** The word of each phone, found by the least total cost (dynamic programming over letters and phones). */
function phoneOwners(letters: readonly Letter[], phones: readonly Phone[]): number[] {
  const width = phones.length + 1
  const steps = new Uint8Array((letters.length + 1) * width)
  let above = new Float64Array(width)
  for (let row = 0; row <= letters.length; row += 1) {
    const costs = new Float64Array(width).fill(Number.POSITIVE_INFINITY)
    if (row === 0) costs[0] = 0
    for (let column = 0; column < width; column += 1) {
      const letter = letters[row - 1]
      const phone = phones[column - 1]?.name
      const offer = (step: number, cost: number): void => {
        if (cost >= (costs[column] ?? 0)) return
        costs[column] = cost
        steps[row * width + column] = step
      }
      if (letter && phone) offer(TOGETHER, (above[column - 1] ?? 0) + matchCost(letter, phone))
      if (letter) offer(SILENT, (above[column] ?? 0) + silentCost(letter, letters[row - 2]))
      if (phone) offer(EXTRA, (costs[column - 1] ?? 0) + extraCost(letter, phone))
    }
    above = costs
  }
  return ownersAlong(steps, letters, phones)
}

/** Walks the cheapest way back from its end. */
function ownersAlong(steps: Uint8Array, letters: readonly Letter[], phones: readonly Phone[]): number[] {
  const owners = phones.map(() => NOBODY)
  let row = letters.length
  let column = phones.length
  while (row > 0 || column > 0) {
    const step = steps[row * (phones.length + 1) + column]
    if (step !== SILENT) {
      const isPause = phones[column - 1]?.name === PAUSE
      owners[column - 1] = isPause ? NOBODY : (letters[Math.max(0, row - 1)]?.word ?? NOBODY)
    }
    if (step !== SILENT) column -= 1
    if (step !== EXTRA) row -= 1
  }
  return owners
}

const VOWEL = /^(?:a[aeohwyx]|axr|e[hry]|i[hyx]|o[wy]|u[hw])$/

function matchCost({ letter, isSpelled, isSilentE }: Letter, phone: string): number {
  if (phone === PAUSE) return Number.POSITIVE_INFINITY
  if (isSilentE) return 1.2
  if (SOUNDS[letter]?.includes(phone)) return 0
  if (isSpelled) return 0.3
  const isVowel = 'aeiouy'.includes(letter)
  if (VOWEL.test(phone)) return isVowel ? 0.3 : 1.6
  return isVowel ? 1.6 : 1.2
}

function silentCost({ letter, isSilentE }: Letter, before: Letter | undefined): number {
  if (isSilentE) return 0
  if (before?.letter === letter) return 0.2
  return 'aeiouhwgr'.includes(letter) ? 0.5 : 0.8
}

function extraCost(before: Letter | undefined, phone: string): number {
  if (phone === PAUSE) {
    if (!before || before.isPauseBehind) return 0
    return before.isLast ? 0.5 : 1.5
  }
  if (!before) return 1.2
  if (before.isSpelled) return 0.3
  // Rather a second vowel than a consonant from nowhere; and rather within a word than behind it.
  return 0.8 + (VOWEL.test(phone) ? 0 : 0.1) + (before.isLast ? 0.1 : 0)
}

/** The phones a letter is likely to stand for; a digit, those its name begins with. */
const SOUNDS: Readonly<Record<string, readonly string[]>> = {
  a: ['ae', 'ey', 'aa', 'ax', 'ao'],
  b: ['b'],
  c: ['k', 's', 'ch', 'sh'],
  d: ['d', 'jh', 't'],
  e: ['eh', 'iy', 'ih', 'ax', 'er'],
  f: ['f', 'v'],
  g: ['g', 'jh', 'zh'],
  h: ['hh'],
  i: ['ih', 'ay', 'iy', 'ax', 'y'],
  j: ['jh', 'y', 'zh'],
  k: ['k'],
  l: ['l'],
  m: ['m'],
  n: ['n', 'ng'],
  o: ['aa', 'ow', 'ao', 'ah', 'ax', 'uw', 'w', 'aw', 'oy'],
  p: ['p', 'f'],
  q: ['k'],
  r: ['r', 'er', 'axr'],
  s: ['s', 'z', 'sh', 'zh'],
  t: ['t', 'th', 'dh', 'ch', 'sh', 'd'],
  u: ['ah', 'uw', 'uh', 'ax', 'y', 'w', 'er'],
  v: ['v'],
  w: ['w', 'hh'],
  x: ['k', 'z', 'g'],
  y: ['y', 'iy', 'ay', 'ih'],
  z: ['z', 's'],
  0: ['z', 'hh'],
  1: ['w', 't', 'eh'],
  2: ['t'],
  3: ['th'],
  4: ['f'],
  5: ['f'],
  6: ['s'],
  7: ['s'],
  8: ['ey'],
  9: ['n'],
  $: ['d'],
  '%': ['p'],
}
