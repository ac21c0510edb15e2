import { SentenceSplitter } from '../../backend/pipeline/sentences.ts'
import { type Half, type Language, loadCorpus } from './corpus.ts'
import { type BenchRow } from './row.ts'
import { intlSegmenter, median, score, troupe, troupeClauseFirst } from './sentence-score.ts'

const ROUNDS = 5
const MEASURED_CHARS = 1_000_000
/** About what a model's token holds. */
const TOKEN_CHARS = 4

interface Goal {
  readonly language: Language
  readonly precision: number
  readonly recall: number
  readonly medianWait: number
}

const GOALS: readonly Goal[] = [
  { language: 'en', precision: 0.96, recall: 0.93, medianWait: 1 },
  { language: 'es', precision: 0.97, recall: 0.97, medianWait: 1 },
  { language: 'zh', precision: 0.99, recall: 0.99, medianWait: 0 },
  { language: 'ja', precision: 0.99, recall: 0.99, medianWait: 0 },
]
const CLAUSE_END = /(?:[^\d.][,;:—，；：]|\.\.\.?|…)["”’»*]*$|[.!?…]["”’»]$/
const MEAN_WAIT_GOAL_CHARS = 3.2
const CPU_GOAL_SECONDS = 0.16

/** How replies are cut into sentences: B1 wait, B2 quality, B3 first fragment, B4 cost; beside it `Intl.Segmenter`. */
export async function benchSentences(half: Half = 'held-out'): Promise<BenchRow[]> {
  return [...GOALS.flatMap((goal) => qualityRows(goal, half)), ...firstFragmentRows(half), ...costRows(half)]
}

function qualityRows({ language, precision, recall, medianWait }: Goal, half: Half): BenchRow[] {
  const paragraphs = loadCorpus(language, half)
  const ours = score(troupe, paragraphs)
  const floor = score(intlSegmenter(language), paragraphs)
  const row = rowOf(`B2 sentences ${language}`, 'Intl.Segmenter')
  const wait = rowOf(`B1 sentences ${language}`, 'Intl.Segmenter')
  return [
    row('precision', { ours: ours.precision, floor: floor.precision, least: precision }),
    row('recall', { ours: ours.recall, floor: floor.recall, least: recall }),
    wait('median wait, characters', { ours: ours.medianWait, floor: floor.medianWait, most: medianWait }),
    wait('mean wait, characters', { ours: ours.meanWait, floor: floor.meanWait, most: MEAN_WAIT_GOAL_CHARS }),
  ]
}

function firstFragmentRows(half: Half): BenchRow[] {
  const paragraphs = loadCorpus('en', half)
  const whole = score(troupe, paragraphs)
  const clause = score(troupeClauseFirst, paragraphs)
  // Whole sentences that end at a wrong place are counted by B2.
  const wrong = paragraphs.filter(({ text }) => {
    const first = troupeClauseFirst(text, 1)[0]?.end ?? text.length
    const isSentence = troupe(text, 1).some(({ end }) => end === first)
    return !isSentence && !CLAUSE_END.test(text.slice(0, first))
  }).length
  const row = rowOf('B3 first fragment en', 'whole sentences')
  return [
    row('characters until it is given out', {
      ours: clause.meanFirst,
      floor: whole.meanFirst,
      most: whole.meanFirst,
    }),
    row('cut elsewhere than at a clause', { ours: wrong, floor: 0, most: 0 }),
  ]
}

function costRows(half: Half): BenchRow[] {
  const paragraphs = loadCorpus('en', half).map(({ text }) => text)
  const sample = paragraphs.join('\n\n')
  const prose = sample.repeat(Math.ceil(MEASURED_CHARS / sample.length)).slice(0, MEASURED_CHARS)
  const endless = 'a'.repeat(MEASURED_CHARS)
  const row = rowOf('B4 sentences', 'Intl.Segmenter, once')
  const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' })
  const floor = medianSeconds(() => {
    for (let chars = 0; chars < MEASURED_CHARS; chars += sample.length) {
      // Paragraph by paragraph: every segment carries a copy of the whole input.
      for (const text of paragraphs) Array.from(segmenter.segment(text))
    }
  })
  const perToken = medianSeconds(() => split(prose, TOKEN_CHARS))
  const perChar = medianSeconds(() => split(endless, 1))
  return [
    row('CPU s per 1 M characters in tokens', { ours: perToken, floor, most: CPU_GOAL_SECONDS }),
    row('CPU s per 1 M characters without an end, one by one', { ours: perChar, most: 2 * CPU_GOAL_SECONDS }),
  ]
}

function split(text: string, deltaChars: number): number {
  const splitter = new SentenceSplitter()
  let sentences = 0
  for (let at = 0; at < text.length; at += deltaChars)
    sentences += splitter.push(text.slice(at, at + deltaChars)).length
  return sentences + splitter.end().length
}

function medianSeconds(run: () => unknown): number {
  run()
  const seconds = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage()
    run()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1_000_000
  })
  return median(seconds)
}

interface Measured {
  readonly ours: number
  readonly floor?: number
  readonly least?: number
  readonly most?: number
}

function rowOf(scenario: string, floorName: string): (metric: string, measured: Measured) => BenchRow {
  return (metric, { ours, floor, least, most }) => {
    const isMet = ours >= (least ?? -Infinity) && ours <= (most ?? Infinity)
    const goal = least === undefined ? `≤ ${Number((most ?? 0).toFixed(2))}` : `≥ ${least}`
    return { scenario, metric, ours, floorName, floor, goal, verdict: isMet ? 'pass' : 'fail' }
  }
}
