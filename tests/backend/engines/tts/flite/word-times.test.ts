import { expect, test } from 'vitest'
import { WordTimes } from '../../../../../backend/engines/tts/flite/word-times.ts'

test('WordTimes counts the words of later pieces from the start of the text', () => {
  const times = new WordTimes(['Well,', 'so.'])
  expect(times.isEmpty).toBe(true)
  times.add([{ word: 0, reading: 'Well,' }], [{ start: 10, end: 90 }], 100)
  times.add([{ word: 1, reading: 'so.' }], [{ start: 5, end: 50 }], 60)
  expect(times.isEmpty).toBe(false)
  expect(times.words()).toEqual([
    { text: 'Well,', startSample: 10, endSample: 90 },
    { text: 'so.', startSample: 105, endSample: 150 },
  ])
})

test('WordTimes estimates the words to come from the pace so far', () => {
  const times = new WordTimes(['Well,', 'so', 'there.'])
  times.add([{ word: 0, reading: 'Well,' }], [{ start: 0, end: 60 }], 60)
  expect(times.words().slice(1)).toEqual([
    { text: 'so', startSample: 60, endSample: 90 },
    { text: 'there.', startSample: 90, endSample: 160 },
  ])
})

test('WordTimes joins the parts of a word that is spoken in several pieces', () => {
  const times = new WordTimes(['abcdef'])
  times.add([{ word: 0, reading: 'abc' }], [{ start: 10, end: 100 }], 100)
  times.add([{ word: 0, reading: 'def' }], [{ start: 0, end: 80 }], 100)
  expect(times.words()).toEqual([{ text: 'abcdef', startSample: 10, endSample: 180 }])
})

test('WordTimes puts words of pieces without sound where they would have been heard', () => {
  const times = new WordTimes(['😀', '😀', 'so.'])
  times.add([{ word: 2, reading: 'so.' }], [{ start: 5, end: 50 }], 60)
  expect(times.words().map(({ startSample, endSample }) => [startSample, endSample])).toEqual([
    [0, 0],
    [0, 0],
    [5, 50],
  ])
})
