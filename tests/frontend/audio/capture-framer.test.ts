import { expect, test } from 'vitest'
import { CaptureFramer } from '../../../frontend/src/audio/capture-framer.ts'
import { toFloat } from '../../../frontend/src/audio/pcm.ts'
import { ramp, sine } from '../support/sound.ts'

function capture(samples: Float32Array<ArrayBuffer>, deviceRate: number) {
  const framer = new CaptureFramer(deviceRate)
  const blocks = Array.from({ length: Math.ceil(samples.length / 128) }, (_, i) =>
    samples.slice(i * 128, (i + 1) * 128),
  )
  return blocks.flatMap((block) => framer.push(block))
}

test.each([16_000, 44_100, 48_000])(
  'CaptureFramer makes 50 frames of 320 samples a second from %i Hz',
  (rate) => {
    const frames = capture(sine({ hz: 440, rate, count: rate }), rate)
    expect(frames.length).toBeGreaterThanOrEqual(49)
    expect(frames.every(({ pcm }) => pcm.length === 320)).toBe(true)
  },
)

test('CaptureFramer changes no sample of a device that has the right rate already', () => {
  const pcm = ramp(3_200)
  const frames = capture(toFloat(pcm), 16_000)
  expect(frames.flatMap((frame) => [...frame.pcm])).toEqual([...pcm])
})

test('CaptureFramer measures the level of each frame', () => {
  const frames = capture(sine({ hz: 500, rate: 16_000, count: 3_200, amplitude: 0.5 }), 16_000)
  expect(frames[3]?.level).toBeCloseTo(0.5 / Math.SQRT2, 3)
})

test('CaptureFramer clips what is too loud instead of turning it over', () => {
  const [frame] = capture(new Float32Array(384).fill(1.5), 16_000)
  expect(frame?.pcm[0]).toBe(32_767)
})
