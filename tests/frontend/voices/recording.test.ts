import { expect, it } from 'vitest'
import {
  joined,
  LONGEST_SECONDS,
  RECORDING_RATE,
  secondsOf,
  shortened,
  trimmed,
} from '../../../frontend/src/components/voices/recording.ts'

const sound = (seconds: number): Int16Array<ArrayBuffer> =>
  Int16Array.from({ length: seconds * RECORDING_RATE }, (_, at) => 3_000 * Math.sin(at / 20))
const silence = (seconds: number): Int16Array<ArrayBuffer> =>
  Int16Array.from({ length: seconds * RECORDING_RATE }, (_, at) => (at % 2 ? 40 : -40))

it('loses its silence at both ends, but for a breath, and none in the middle', () => {
  const recorded = joined([silence(2), sound(1), silence(1), sound(1), silence(3)])
  const seconds = secondsOf(trimmed(recorded))
  expect(seconds).toBeGreaterThan(3)
  expect(seconds).toBeLessThan(3.4)
})

it('is gone where it is silent throughout', () => {
  expect(trimmed(silence(4))).toHaveLength(0)
  expect(trimmed(new Int16Array(0))).toHaveLength(0)
})

it('is as long as it may be', () => {
  expect(secondsOf(shortened(sound(LONGEST_SECONDS + 5)))).toBe(LONGEST_SECONDS)
  expect(secondsOf(shortened(sound(5)))).toBe(5)
})
