import { describe, expect, it } from 'vitest'
import { measuredIn, median, quantile } from './figures.ts'

describe('quantile()', () => {
  it('gives the smallest value that the share of the values does not exceed', () => {
    const values = Array.from({ length: 200 }, (_, index) => 200 - index)
    expect(quantile(values, 0.99)).toBe(198)
    expect(quantile(values, 0.5)).toBe(100)
    expect(quantile([7], 0.99)).toBe(7)
  })

  it('has no answer for no values', () => {
    expect(quantile([], 0.5)).toBeNaN()
  })
})

describe('median()', () => {
  it('stands between the two middle values of an even number', () => {
    expect(median([9, 1, 3])).toBe(3)
    expect(median([4, 1, 2, 9])).toBe(3)
    expect(median([])).toBeNaN()
  })
})

describe('measuredIn()', () => {
  it('takes the median of the ratios of each round, not the ratio of the medians', () => {
    const measured = measuredIn([
      { ours: [10], floor: [1] },
      { ours: [2], floor: [2] },
      { ours: [9], floor: [3] },
    ])
    expect(measured.ratio).toEqual({ median: 3, worst: 10 })
    expect(measured.ours).toEqual({ p50: 9, p99: 10, isSpread: false })
    expect(measured.floor?.p50).toBe(2)
  })

  it('looks for the p99 in all values of all rounds', () => {
    const quiet = Array.from({ length: 50 }, () => 1)
    expect(measuredIn([{ ours: quiet }, { ours: [...quiet.slice(1), 5, 6] }]).ours).toEqual({
      p50: 1,
      p99: 5,
      isSpread: true,
    })
  })
})
