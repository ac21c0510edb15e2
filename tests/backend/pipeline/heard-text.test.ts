import { describe, expect, it } from 'vitest'
import { type HeardSentence, heardLength } from '../../../backend/pipeline/heard-text.ts'
import { SentenceSplitter } from '../../../backend/pipeline/sentences.ts'
import { speakable } from '../../../backend/pipeline/speakable.ts'
import { loadCorpus } from '../../bench/corpus.ts'
import { SeededRandom } from '../../support/seeded-random.ts'

const RATE = 16_000
const WORD_SAMPLES = 4_000

interface Sound {
  /** Whether the engine tells when words sound. */
  readonly hasTimes?: boolean
  /** How many samples of the last sentence exist; all by default. */
  readonly lastSamples?: number
}

/** A reply spoken at one word per quarter of a second. */
function spoken(reply: string, { hasTimes = true, lastSamples }: Sound = {}): HeardSentence[] {
  const splitter = new SentenceSplitter({ isClauseFirst: false })
  let firstSample = 0
  const sentences: HeardSentence[] = []
  for (const sentence of [...splitter.push(reply), ...splitter.end()]) {
    const count = speakable(sentence.text).sourceEnds.length
    if (count === 0) continue
    const samples = count * WORD_SAMPLES
    const times = Array.from({ length: count }, (_, index) => ({
      startSample: index * WORD_SAMPLES,
      endSample: (index + 1) * WORD_SAMPLES,
    }))
    sentences.push({ sentence, firstSample, samples, isComplete: true, words: hasTimes ? times : undefined })
    firstSample += samples
  }
  const last = sentences.at(-1)
  if (last && lastSamples !== undefined)
    sentences.splice(-1, 1, { ...last, samples: lastSamples, isComplete: false })
  return sentences
}

const heard = (reply: string, sentences: readonly HeardSentence[], playedSamples: number): string =>
  reply.slice(0, heardLength(sentences, playedSamples, RATE))

describe('heardLength', () => {
  const reply = 'One two. *She waves.* **Three** four! Five “six” seven.'

  it('ends behind the last word that was played completely', () => {
    const sentences = spoken(reply)
    expect(heard(reply, sentences, 0)).toBe('')
    expect(heard(reply, sentences, WORD_SAMPLES - 1)).toBe('')
    expect(heard(reply, sentences, WORD_SAMPLES)).toBe('One')
    expect(heard(reply, sentences, 2 * WORD_SAMPLES)).toBe('One two.')
    expect(heard(reply, sentences, 3 * WORD_SAMPLES)).toBe('One two. *She waves.* **Three**')
    expect(heard(reply, sentences, 6.5 * WORD_SAMPLES)).toBe(
      'One two. *She waves.* **Three** four! Five “six”',
    )
    expect(heard(reply, sentences, 7 * WORD_SAMPLES)).toBe(reply)
  })

  it('keeps the stage direction at the end of a sentence that was played to its end', () => {
    const text = 'Hello there *waves*'
    expect(heard(text, spoken(text), WORD_SAMPLES)).toBe('Hello')
    expect(heard(text, spoken(text), 2 * WORD_SAMPLES)).toBe(text)
  })

  it('estimates by letters where the engine gives no times, or times that do not fit', () => {
    const text = 'aaaa bbbb cccc dddd'
    const untimed = spoken(text, { hasTimes: false })
    expect(heard(text, untimed, 2.1 * WORD_SAMPLES)).toBe('aaaa bbbb')
    const misfit = spoken(text).map((sentence) => ({ ...sentence, words: sentence.words?.slice(1) }))
    expect(heard(text, misfit, 2.1 * WORD_SAMPLES)).toBe('aaaa bbbb')
  })

  it('estimates an unfinished sentence by how fast the ones before were spoken', () => {
    const text = 'aaaa bbbb. Cccc dddd eeee ffff.'
    const sentences = spoken(text, { hasTimes: false, lastSamples: 2 * WORD_SAMPLES })
    expect(heard(text, sentences, 4 * WORD_SAMPLES)).toBe('aaaa bbbb. Cccc dddd')
  })

  it('estimates an unfinished first sentence at fourteen letters per second', () => {
    const text = 'aaaaaaa bbbbbbb ccccccc'
    expect(heard(text, spoken(text, { hasTimes: false, lastSamples: RATE }), 0.6 * RATE)).toBe('aaaaaaa')
  })

  it('cuts within a sentence that is written without spaces', () => {
    const text = '今天天气很好我们去公园。'
    const [sentence] = spoken(text, { hasTimes: false })
    const half = heard(text, sentence ? [{ ...sentence, samples: RATE }] : [], RATE / 2)
    expect(half.length).toBeGreaterThanOrEqual(5)
    expect(half.length).toBeLessThanOrEqual(7)
  })

  it('never falls while more is played, never exceeds what was synthesised, and is everything in the end', () => {
    const random = new SeededRandom(11)
    for (const { text } of loadCorpus('en', 'development')) {
      const sentences = spoken(text, { hasTimes: random.chance(0.5) })
      const last = sentences.at(-1)
      const total = last ? last.firstSample + last.samples : 0
      let before = 0
      for (let played = 0; played < total; played += 1 + random.below(3_000)) {
        const length = heardLength(sentences, played, RATE)
        expect(length).toBeGreaterThanOrEqual(before)
        const begun = sentences.filter(({ firstSample }) => firstSample < played).at(-1)
        expect(length).toBeLessThanOrEqual(begun?.sentence.end ?? 0)
        before = length
      }
      expect(heardLength(sentences, total, RATE)).toBe(last?.sentence.end ?? 0)
    }
  })
})
