import { expect, test } from 'vitest'
import { Resampler, resampled } from '../../../backend/lib/resample.ts'

function tone(frequencyHz: number, sampleRate: number, seconds = 0.5): Int16Array {
  return Int16Array.from({ length: Math.round(sampleRate * seconds) }, (_, index) =>
    Math.round(20_000 * Math.sin((2 * Math.PI * frequencyHz * index) / sampleRate)),
  )
}

/** Power of what differs, in dB below the expected tone, edges left out. */
function signalToNoiseDb(actual: Int16Array, expected: Int16Array): number {
  let signal = 0
  let noise = 0
  for (let index = 400; index < expected.length - 400; index += 1) {
    signal += (expected[index] ?? 0) ** 2
    noise += ((actual[index] ?? 0) - (expected[index] ?? 0)) ** 2
  }
  return 10 * Math.log10(signal / noise)
}

function levelDb(samples: Int16Array): number {
  const inner = samples.subarray(400, -400)
  const power = inner.reduce((sum, sample) => sum + sample * sample, 0) / inner.length
  return 20 * Math.log10(Math.sqrt(power) / (20_000 / Math.SQRT2) + 1e-9)
}

const RATES = [
  [24_000, 16_000],
  [48_000, 16_000],
  [44_100, 16_000],
  [22_050, 16_000],
  [17_900, 16_000],
  [14_700, 16_000],
  [16_000, 48_000],
] as const

test.each(RATES)('Resampler keeps a tone from %i to %i Hz as it was, in time too', (fromRate, toRate) => {
  for (const frequencyHz of [100, 1_000, 3_400, 5_500]) {
    const actual = resampled(tone(frequencyHz, fromRate), { fromRate, toRate })
    expect(signalToNoiseDb(actual, tone(frequencyHz, toRate))).toBeGreaterThan(75)
  }
})

test.each([
  [48_000, 16_000, 8_200],
  [48_000, 16_000, 15_000],
  [24_000, 16_000, 8_200],
  [24_000, 16_000, 11_500],
] as const)('Resampler from %i to %i Hz lets no alias of %i Hz through', (fromRate, toRate, frequencyHz) => {
  expect(levelDb(resampled(tone(frequencyHz, fromRate), { fromRate, toRate }))).toBeLessThan(-75)
})

test.each(RATES)('Resampler from %i to %i Hz gives the same however the input is cut', (fromRate, toRate) => {
  const input = tone(440, fromRate, 0.03)
  const whole = resampled(input, { fromRate, toRate })
  for (const chunkSamples of [1, 7, 200, 480]) {
    const resampler = new Resampler({ fromRate, toRate })
    const output: number[] = []
    for (let at = 0; at < input.length; at += chunkSamples) {
      output.push(...resampler.push(input.subarray(at, at + chunkSamples)))
    }
    output.push(...resampler.end())
    expect(Int16Array.from(output)).toEqual(whole)
  }
})

test.each(RATES)('Resampler from %i to %i Hz gives n × to / from samples, rounded up', (fromRate, toRate) => {
  for (const length of [0, 1, 2, 3, 100, 101, 4_801]) {
    const output = resampled(new Int16Array(length), { fromRate, toRate })
    expect(output.length).toBe(Math.ceil((length * toRate) / fromRate))
  }
})

test('Resampler clips rather than wraps where a loud edge overshoots', () => {
  const PLATEAU = 1_000
  const isHigh = (position: number): boolean => position % (2 * PLATEAU) < PLATEAU
  const square = Int16Array.from({ length: 8_000 }, (_, index) => (isHigh(index) ? 32_767 : -32_768))
  const output = resampled(square, { fromRate: 24_000, toRate: 16_000 })
  const wrapped = [...output.entries()].filter(([index, sample]) => {
    const position = index * 1.5
    const isNearEdge = Math.min(position % PLATEAU, PLATEAU - (position % PLATEAU)) < 2
    return !isNearEdge && sample > 0 !== isHigh(position)
  })
  expect(wrapped).toEqual([])
})

test('resampled() hands back what needs no change', () => {
  const samples = tone(100, 16_000, 0.01)
  expect(resampled(samples, { fromRate: 16_000, toRate: 16_000 })).toBe(samples)
})
