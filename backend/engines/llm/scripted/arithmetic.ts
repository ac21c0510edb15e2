import { numberAt, sayNumber } from './numbers.ts'

type Operator = '+' | '-' | '*' | '/' | '^'

/** What is said for each operator, longest first. */
const OPERATORS: readonly (readonly [string, Operator])[] = [
  ['to the power of', '^'],
  ['multiplied by', '*'],
  ['divided by', '/'],
  ['added to', '+'],
  ['take away', '-'],
  ['plus', '+'],
  ['minus', '-'],
  ['less', '-'],
  ['times', '*'],
  ['over', '/'],
  ['x', '*'],
  ['+', '+'],
  ['-', '-'],
  ['−', '-'],
  ['*', '*'],
  ['×', '*'],
  ['/', '/'],
  ['÷', '/'],
  ['^', '^'],
]
/** What the recogniser writes for a number that follows an operator. */
const HOMOPHONES: ReadonlyMap<string, string> = new Map([
  ['to', 'two'],
  ['too', 'two'],
  ['for', 'four'],
  ['won', 'one'],
  ['ate', 'eight'],
  ['tree', 'three'],
  ['sex', 'six'],
])
const PRECEDENCE: Readonly<Record<Operator, number>> = { '+': 1, '-': 1, '*': 2, '/': 2, '^': 3 }
/** What comes before a sum that is meant as one: "I told you three times" is none. */
const CUES: ReadonlySet<string> = new Set(
  'is whats are was the calculate compute much does equals about me say what by okay hi hello please then and so'.split(
    ' ',
  ),
)
/** Of a sum that has none: something divided by zero, or too large. */
export const NO_ANSWER = 'nothing'
const MAX_CHARACTERS = 300

/**
 * Finds a sum in what somebody said and works it out: "what is twelve times seven", "15% of 80", "√2 …" in words.
 * @returns the answer to be said, or undefined if there is no sum.
 */
export function arithmeticIn(text: string): string | undefined {
  const words = wordsOf(text.slice(0, MAX_CHARACTERS))
  for (let from = 0; from < words.length; from++) {
    if (from > 0 && !CUES.has(words[from - 1] ?? '')) continue
    const answer = special(words, from) ?? expression(words, from)
    if (answer === undefined) continue
    return Number.isFinite(answer) ? sayNumber(answer) : NO_ANSWER
  }
  return undefined
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .replaceAll(/(?<=\d),(?=\d{3})/gu, '')
    .replaceAll(/['’]/gu, '')
    .replaceAll(/%/gu, ' percent ')
    .replaceAll(/(?<=[a-z])-(?=[a-z])/gu, ' ')
    .replaceAll(/(?<=\d)\s*([+*×÷/^x−-])\s*(?=\d)/gu, ' $1 ')
    .replaceAll(/[?!,;:()"]|\.(?!\d)/gu, ' ')
    .split(/\s+/u)
    .filter((word) => word !== '')
}

function special(words: readonly string[], from: number): number | undefined {
  const phrase = words.slice(from, from + 3).join(' ')
  if (phrase === 'square root of') {
    const number = numberAt(words, from + 3)
    return number && Math.sqrt(number.value)
  }
  if (phrase.startsWith('half of') || phrase.startsWith('half off')) {
    const number = numberAt(words, from + 2)
    return number && number.value / 2
  }
  if (words[from] === 'add') return sumOf(words, from + 1)
  const number = numberAt(words, from)
  if (!number) return undefined
  const next = words.slice(from + number.wordCount)
  if (next[0] === 'squared') return number.value ** 2
  if (next[0] === 'cubed') return number.value ** 3
  if (next[0] !== 'percent' || next[1] !== 'of') return undefined
  const whole = numberAt(next, 2)
  return whole && (number.value * whole.value) / 100
}

/** "add three and four", "add three to four" */
function sumOf(words: readonly string[], from: number): number | undefined {
  const left = numberAt(words, from)
  const joint = left && words[from + left.wordCount]
  if (!left || (joint !== 'and' && joint !== 'to')) return undefined
  const right = numberAt(words, from + left.wordCount + 1)
  return right && left.value + right.value
}

/** number (operator number)+, by precedence, from the left. */
function expression(words: readonly string[], from: number): number | undefined {
  const first = numberAt(words, from)
  if (!first) return undefined
  const values = [first.value]
  const operators: Operator[] = []
  for (let at = from + first.wordCount; ;) {
    const operator = operatorAt(words, at)
    const number = operator && operandAt(words, at + operator.wordCount)
    if (!operator || !number) break
    while (isDueBefore(operators.at(-1), operator.operator)) reduce(values, operators)
    operators.push(operator.operator)
    values.push(number.value)
    at += operator.wordCount + number.wordCount
  }
  if (operators.length === 0) return undefined
  while (operators.length > 0) reduce(values, operators)
  return values[0]
}

function operandAt(words: readonly string[], at: number): ReturnType<typeof numberAt> {
  const meant = HOMOPHONES.get(words[at] ?? '')
  return numberAt(words, at) ?? (meant === undefined ? undefined : numberAt([meant], 0))
}

function operatorAt(
  words: readonly string[],
  at: number,
): { operator: Operator; wordCount: number } | undefined {
  for (const [said, operator] of OPERATORS) {
    const parts = said.split(' ')
    if (parts.every((part, index) => words[at + index] === part)) {
      return { operator, wordCount: parts.length }
    }
  }
  return undefined
}

function isDueBefore(waiting: Operator | undefined, next: Operator): boolean {
  return waiting !== undefined && PRECEDENCE[waiting] >= PRECEDENCE[next]
}

function reduce(values: number[], operators: Operator[]): void {
  const right = values.pop() ?? 0
  const left = values.pop() ?? 0
  const operator = operators.pop() ?? '+'
  values.push(APPLY[operator](left, right))
}

const APPLY: Readonly<Record<Operator, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '^': (left, right) => left ** right,
}
