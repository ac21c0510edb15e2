import { expect, it } from 'vitest'
import { splitFrames } from '../../../backend/pipeline/frames.ts'

const ramp = (samples: number): Int16Array => Int16Array.from({ length: samples }, (_, index) => index)

it.each([0, 1, 2, 3, 79, 80, 639, 640, 641, 1280, 16_000])(
  'splitFrames() loses and changes nothing of %i samples',
  (samples) => {
    const frames = splitFrames(ramp(samples), 16_000)
    expect(frames.flatMap((frame) => [...frame])).toEqual([...ramp(samples)])
    expect(frames.every((frame) => frame.length > 0 && frame.length <= 1280)).toBe(true)
  },
)

it('splitFrames() leaves a short last frame to be held back, of anything that can be cut', () => {
  expect(splitFrames(ramp(3), 16_000)).toHaveLength(2)
  expect(splitFrames(ramp(1280), 16_000).map((frame) => frame.length)).toEqual([1200, 80])
  expect(splitFrames(ramp(16_000), 16_000).at(-1)).toHaveLength(80)
})
