const SWAPS: ReadonlyMap<string, string> = new Map([
  ['i', 'you'],
  ['me', 'you'],
  ['my', 'your'],
  ['mine', 'yours'],
  ['myself', 'yourself'],
  ['am', 'are'],
  ['was', 'were'],
  ['your', 'my'],
  ['yours', 'mine'],
  ['yourself', 'myself'],
])
/** After these, "you" is the one it happens to: "help you" → "help me". */
const BEFORE_OBJECT =
  /^(?:to|for|with|about|from|of|at|by|tell|told|ask|asked|help|see|saw|hear|love|like|miss|need|want|know|give|gave|show|let|thank|believe|trust|hate|meet|met|find|call)$/u
const MAX_WORDS = 12

/** Turns "i am proud of my dog" into "you are proud of your dog". */
export function reflected(words: string): string {
  const heard = words.split(' ').slice(0, MAX_WORDS)
  return heard.map((word, index) => swap(word, heard[index - 1], heard[index + 1])).join(' ')
}

function swap(word: string, before: string | undefined, after: string | undefined): string {
  if (word === 'you') return before !== undefined && BEFORE_OBJECT.test(before) ? 'me' : 'I'
  if (word === 'are' && (before === 'you' || after === 'you')) return 'am'
  // "was" belongs to "i" only: "it was late" stays.
  if (word === 'was' && before !== 'i') return 'was'
  if (word === 'am' && before !== 'i' && after !== 'i') return 'am'
  return SWAPS.get(word) ?? word
}
