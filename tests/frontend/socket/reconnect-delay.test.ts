import { expect, test } from 'vitest'
import { reconnectDelayMs } from '../../../frontend/src/socket/reconnect-delay.ts'

test('reconnectDelayMs() doubles from half a second to fifteen seconds', () => {
  expect([1, 2, 3, 4, 5, 6, 20].map((attempt) => reconnectDelayMs(attempt, 0))).toEqual([
    500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000,
  ])
})

test('reconnectDelayMs() takes up to half off at random', () => {
  expect(reconnectDelayMs(3, 1)).toBe(1_000)
  expect(reconnectDelayMs(3, 0.5)).toBe(1_500)
})
