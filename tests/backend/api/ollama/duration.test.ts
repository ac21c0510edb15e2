import { describe, expect, test } from 'vitest'
import { keepAliveMs } from '../../../../backend/api/ollama/duration.ts'

describe('keep_alive', () => {
  test.each([
    [300, 300_000],
    [0, 0],
    [0.5, 500],
    [-1, Infinity],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1_500],
    ['250ms', 250],
    ['-1m', Infinity],
    ['-1', Infinity],
    ['0', 0],
    ['+2s', 2_000],
    [null, undefined],
    [undefined, undefined],
  ])('%j is %j ms', (value, ms) => {
    expect(keepAliveMs(value)).toBe(ms)
  })

  test.each(['soon', '', '5 m', '5m!', 'm5', '5x', '--1m'])('%j is refused', (value) => {
    expect(() => keepAliveMs(value)).toThrow('time: invalid duration')
  })
})
