import { SentenceSplitter } from '../../backend/pipeline/sentences.ts'
import { type Paragraph } from './corpus.ts'

/** A sentence as a splitter gave it out, and how much of the text had arrived by then. */
export interface GivenOut {
  readonly end: number
  readonly arrived: number
}

export type Splitter = (text: string, deltaChars: number) => GivenOut[]

export interface Score {
  readonly precision: number
  readonly recall: number
  readonly wrong: number
  readonly missed: number
  /** Characters that had to arrive behind a sentence's end before it was given out. */
  readonly medianWait: number
  readonly meanWait: number
  /** Characters that had arrived when the first fragment was given out, on average. */
  readonly meanFirst: number
}

export const troupe: Splitter = (text, deltaChars) =>
  run(new SentenceSplitter({ isClauseFirst: false }), text, deltaChars)

export const troupeClauseFirst: Splitter = (text, deltaChars) => run(new SentenceSplitter(), text, deltaChars)

function run(splitter: SentenceSplitter, text: string, deltaChars: number): GivenOut[] {
  const given: GivenOut[] = []
  for (let at = 0; at < text.length; at += deltaChars) {
    const arrived = Math.min(text.length, at + deltaChars)
    for (const { end } of splitter.push(text.slice(at, arrived))) given.push({ end, arrived })
  }
  for (const { end } of splitter.end()) given.push({ end, arrived: text.length })
  return given
}

/**
 * How the runtime's own segmenter does with the same look-ahead: what lies before its last segment is given out.
 * @param locale the language it is told.
 */
export function intlSegmenter(locale: string): Splitter {
  const segmenter = new Intl.Segmenter(locale, { granularity: 'sentence' })
  return (text, deltaChars) => {
    const given: GivenOut[] = []
    let from = 0
    for (
      let arrived = deltaChars;
      from < text.length;
      arrived = Math.min(text.length, arrived + deltaChars)
    ) {
      const isEnd = arrived >= text.length
      const segments = [...segmenter.segment(text.slice(from, arrived))]
      for (const { segment } of isEnd ? segments : segments.slice(0, -1)) {
        given.push({ end: from + segment.trimEnd().length, arrived: Math.min(arrived, text.length) })
        from += segment.length
      }
    }
    return given
  }
}

/** Scores a splitter on text fed in deltas of the given length. The end of a paragraph, which is given, is not counted. */
export function score(splitter: Splitter, paragraphs: readonly Paragraph[], deltaChars = 1): Score {
  let right = 0
  let wrong = 0
  let missed = 0
  const waits: number[] = []
  const firsts: number[] = []
  for (const { text, ends } of paragraphs) {
    const given = splitter(text, deltaChars)
    const inner = ends.slice(0, -1)
    const found = new Set(given.map(({ end }) => end).filter((end) => end < text.length))
    const hits = inner.filter((end) => found.has(end)).length
    right += hits
    missed += inner.length - hits
    wrong += found.size - hits
    for (const end of inner)
      waits.push((given.find((sentence) => sentence.end >= end)?.arrived ?? text.length) - end)
    firsts.push(given[0]?.arrived ?? text.length)
  }
  return {
    precision: right / (right + wrong),
    recall: right / (right + missed),
    wrong,
    missed,
    medianWait: median(waits),
    meanWait: mean(waits),
    meanFirst: mean(firsts),
  }
}

export function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / Math.max(1, numbers.length)
}

export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
}
