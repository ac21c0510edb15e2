import { isPause, pronounceable } from './pronounceable.ts'

/** What flite speaks in one go. It cannot be interrupted and gives nothing before its end, so it is kept short. */
export interface Piece {
  readonly units: readonly Unit[]
  readonly ending: PieceEnding
}

/** A word of the text as flite reads it, or a part of a very long one. */
export interface Unit {
  /** Which word of the text, counted from 0. */
  readonly word: number
  /** '' is silent. */
  readonly reading: string
}

/** What follows: nothing; a new clause; or the same clause, because it was too long. */
export type PieceEnding = 'text' | 'clause' | 'cut'

/** In letters; digits count as several, because they are read as words. */
interface Limits {
  /** A text up to this long stays whole. Beyond, a piece ends with its last clause that fits. */
  readonly soft: number
  /** One clause may be this long. */
  readonly hard: number
}

/** The first piece is what the listener waits for. */
const FIRST: Limits = { soft: 64, hard: 110 }
const LATER: Limits = { soft: 140, hard: 180 }

const LETTERS_PER_DIGIT = 5
const SHORTEST_CLAUSE = 12

/** The words of a text, as its reader counts them. */
export function wordsOf(text: string): string[] {
  return text.split(/\s+/u).filter((word) => word !== '')
}

/** Cuts a text into pieces. Together they hold every word. */
export function* piecesOf(words: readonly string[]): Generator<Piece> {
  let limits = FIRST
  let waiting: Unit[] = []
  for (const unit of unitsOf(words)) {
    waiting = joined(waiting, unit, words)
    const count = cutAfter(waiting, limits)
    if (count > 0) {
      yield pieceOf(waiting.slice(0, count))
      waiting = waiting.slice(count)
      limits = LATER
    }
  }
  if (waiting.length > 0) yield { units: waiting, ending: 'text' }
}

function* unitsOf(words: readonly string[]): Generator<Unit> {
  for (const [word, text] of words.entries()) {
    const reading = pronounceable(text)
    if (reading.length <= FIRST.soft) yield { word, reading }
    else for (const part of reading.split(' ')) yield { word, reading: part }
  }
}

/** A dash that stands alone becomes a pause behind the word before it. */
function joined(units: readonly Unit[], unit: Unit, words: readonly string[]): Unit[] {
  const last = units.at(-1)
  const isDash = unit.reading === '' && isPause(words[unit.word] ?? '')
  if (!isDash || !last || !/\w$/.test(last.reading)) return [...units, unit]
  return [...units.slice(0, -1), { ...last, reading: `${last.reading},` }, unit]
}

/** How many units the next piece has; 0 while it may still grow. */
function cutAfter(units: readonly Unit[], limits: Limits): number {
  let length = 0
  let clauseEnd = 0
  for (const [index, { reading }] of units.entries()) {
    length += lengthOf(reading)
    const mayGrow = length <= limits.soft || clauseEnd === 0
    if (mayGrow && length >= SHORTEST_CLAUSE && length <= limits.hard && endsClause(reading)) {
      clauseEnd = index + 1
    }
  }
  if (length > limits.soft && clauseEnd > 0) return clauseEnd
  return length > limits.hard ? Math.max(1, units.length - 1) : 0
}

function pieceOf(units: readonly Unit[]): Piece {
  const last = units.findLast(({ reading }) => reading !== '')
  return { units, ending: last && !endsClause(last.reading) ? 'cut' : 'clause' }
}

function endsClause(reading: string): boolean {
  return /[,.;:!?)]['"]?$/.test(reading)
}

function lengthOf(reading: string): number {
  const digits = reading.replaceAll(/[^\d$%]/g, '').length
  return reading.length + 1 + digits * (LETTERS_PER_DIGIT - 1)
}
