/** Numbers as people say them. */

const UNITS =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  )
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ')
const SCALES: ReadonlyMap<string, number> = new Map([
  ['thousand', 1_000],
  ['million', 1_000_000],
  ['billion', 1_000_000_000],
])

export interface SpokenNumber {
  readonly value: number
  /** How many words it took. */
  readonly wordCount: number
}

/** Reads the number that starts at `words[from]`: "12", "1,200", "a hundred and four", "three point one four". */
export function numberAt(words: readonly string[], from: number): SpokenNumber | undefined {
  const digits = words[from]?.replaceAll(',', '') ?? ''
  if (/^\d{1,15}(?:\.\d{1,10})?$/u.test(digits)) return { value: Number(digits), wordCount: 1 }
  return spokenNumberAt(words, from)
}

function spokenNumberAt(words: readonly string[], from: number): SpokenNumber | undefined {
  let total = 0
  let group = 0
  let at = from
  if (words[at] === 'a' && (words[at + 1] === 'hundred' || SCALES.has(words[at + 1] ?? ''))) {
    group = 1
    at += 1
  }
  for (; at < words.length; at++) {
    const word = words[at] ?? ''
    const small = smallNumber(word)
    const scale = SCALES.get(word)
    if (small !== undefined && isRoomFor(small, group)) group += small
    else if (word === 'hundred' && group > 0 && group < 100) group *= 100
    else if (scale !== undefined && group > 0) {
      total += group * scale
      group = 0
    } else if (!(word === 'and' && group >= 100 && smallNumber(words[at + 1] ?? '') !== undefined)) break
  }
  if (at === from) return undefined
  const value = total + group
  return words[at] === 'point'
    ? withDecimals(words, { value, wordCount: at - from }, at + 1)
    : { value, wordCount: at - from }
}

/** "twenty" takes "one" after it, "twelve" does not. */
function isRoomFor(small: number, group: number): boolean {
  const last = group % 100
  if (group === 0 || last === 0) return true
  return small > 0 && small < 10 && last >= 20 && last % 10 === 0
}

function withDecimals(words: readonly string[], whole: SpokenNumber, from: number): SpokenNumber {
  let digits = ''
  for (let at = from; at < words.length && digits.length < 10; at++) {
    const unit = smallNumber(words[at] ?? '')
    if (unit === undefined || unit > 9) break
    digits += String(unit)
  }
  if (digits === '') return whole
  return { value: Number(`${whole.value}.${digits}`), wordCount: whole.wordCount + 1 + digits.length }
}

function smallNumber(word: string): number | undefined {
  const unit = UNITS.indexOf(word)
  if (unit >= 0) return unit
  const ten = TENS.indexOf(word)
  return ten >= 0 ? (ten + 2) * 10 : undefined
}

/** As it is best read aloud: at most four decimals. */
export function sayNumber(value: number): string {
  const rounded = Math.round(value * 10_000) / 10_000
  return Math.abs(rounded) >= 1e15 ? 'more than I can say in one breath' : String(rounded)
}
