import { expect, test } from 'vitest'
import { cuesOf } from '../../../frontend/src/stores/caption-cues.ts'

/** The parts of the line that light up, one after another, when `spoken` is said word by word. */
function lights(line: string, sentence: string, spoken = sentence): string[] {
  const words = spoken.split(' ').map((text, i) => ({ text, start: i * 100, end: i * 100 + 100 }))
  return cuesOf(line, 0, { offset: 0, text: sentence, words }).cues.map(({ range }) =>
    line.slice(range.start, range.end),
  )
}

test('cuesOf() lights every word of a plain sentence in order', () => {
  expect(lights('The storm is near!', 'The storm is near!')).toEqual(['The', 'storm', 'is', 'near'])
})

test('cuesOf() passes over stage directions that are not spoken', () => {
  const line = '*She picks up the glass.* The wine is gone.'
  expect(lights(line, line, 'The wine is gone.')).toEqual(['The', 'wine', 'is', 'gone'])
  expect(cuesOf(line, 0, sentenceOf(line, 'The wine is gone.')).cues[0]?.range.start).toBe(26)
})

test('cuesOf() finds words that are written with emphasis', () => {
  expect(lights('I **really** mean *it*.', 'I **really** mean *it*.', 'I really mean it.')).toEqual([
    'I',
    'really',
    'mean',
    'it',
  ])
})

test('cuesOf() leaves out words that are written differently than they are spoken', () => {
  expect(lights('It is 3:45 now.', 'It is 3:45 now.', 'It is three forty-five now.')).toEqual([
    'It',
    'is',
    'now',
  ])
})

test('cuesOf() keeps repeated words apart', () => {
  const line = 'No, no, no.'
  const { cues } = cuesOf(line, 0, sentenceOf(line, 'No, no, no.'))
  expect(cues.map(({ range }) => range.start)).toEqual([0, 4, 8])
})

test('cuesOf() is not troubled by accents and curly apostrophes', () => {
  expect(lights('Don’t leave the café.', 'Don’t leave the café.', "Don't leave the cafe.")).toEqual([
    'Don’t',
    'leave',
    'the',
    'café',
  ])
})

test('cuesOf() lights character by character where words are not spaced', () => {
  expect(lights('你好吗?', '你好吗?')).toEqual(['你', '好', '吗'])
})

test('cuesOf() goes on behind the sentence before it', () => {
  const line = 'Go on. Go on.'
  const first = cuesOf(line, 0, sentenceOf('Go on.', 'Go on.'))
  const second = cuesOf(line, first.end, sentenceOf('Go on.', 'Go on.'))
  expect([first.cues[0]?.range.start, second.cues[0]?.range.start]).toEqual([0, 7])
})

test('cuesOf() finds a sentence that was cleaned before it was announced', () => {
  const line = 'Hm. *She nods.* Then **we go** at once.'
  const { cues } = cuesOf(line, 3, sentenceOf('Then we go at once.', 'Then we go at once.'))
  expect(cues.map(({ range }) => line.slice(range.start, range.end))).toEqual([
    'Then',
    'we',
    'go',
    'at',
    'once',
  ])
})

test('cuesOf() lights the whole sentence where the voice gives no word times', () => {
  const line = 'First. Second one. Third.'
  const { cues } = cuesOf(line, 6, { offset: 4_000, text: 'Second one.', words: [] })
  expect(cues).toEqual([{ fromSample: 4_000, range: { start: 7, end: 18 } }])
})

function sentenceOf(text: string, spoken: string) {
  const words = spoken.split(' ').map((word, i) => ({ text: word, start: i * 100, end: i * 100 + 100 }))
  return { offset: 0, text, words }
}
