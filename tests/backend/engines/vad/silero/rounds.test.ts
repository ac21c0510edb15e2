import { expect, test } from 'vitest'
import { roundsOf } from '../../../../../backend/engines/vad/silero/rounds.ts'

test('roundsOf() makes one inference of windows of different streams', () => {
  expect(roundsOf([7, 8, 9])).toEqual([[0, 1, 2]])
})

test('roundsOf() keeps the windows of one stream in their order, one per inference', () => {
  expect(roundsOf([7, 8, 7, 7, 8, 9])).toEqual([[0, 1, 5], [2, 4], [3]])
})

test('roundsOf() needs no inference for nothing', () => {
  expect(roundsOf([])).toEqual([])
})
