import { describe, expect, test } from 'vitest'
import { Resampler } from '../../../frontend/src/audio/resampler.ts'
import { powerDb, signalToNoiseDb, sine } from '../support/sound.ts'

function inPieces(input: Float32Array<ArrayBuffer>, rates: { fromHz: number; toHz: number }, size: number) {
  const resampler = new Resampler(rates)
  const output: number[] = []
  for (let at = 0; at < input.length; at += size)
    output.push(...resampler.process(input.slice(at, at + size)))
  output.push(...resampler.flush())
  return Float32Array.from(output)
}

const PAIRS = [
  [48_000, 16_000],
  [44_100, 16_000],
  [16_000, 48_000],
  [24_000, 44_100],
  [16_000, 44_100],
  [22_050, 48_000],
] as const

describe.each(PAIRS)('Resampler from %i Hz to %i Hz', (fromHz, toHz) => {
  const rates = { fromHz, toHz }

  test('keeps a tone in its place: no delay, no change', () => {
    const input = sine({ hz: 1_000, rate: fromHz, count: fromHz })
    const output = inPieces(input, rates, 441)
    const expected = sine({ hz: 1_000, rate: toHz, count: output.length })
    const inner = [toHz / 100, output.length - toHz / 100] as const
    expect(signalToNoiseDb(output.subarray(...inner), expected.subarray(...inner))).toBeGreaterThan(70)
  })

  test('makes ⌈length · to / from⌉ samples', () => {
    for (const count of [1, 127, 320, 12_345]) {
      const output = inPieces(sine({ hz: 440, rate: fromHz, count }), rates, 128)
      expect(output).toHaveLength(Math.ceil((count * toHz) / fromHz))
    }
  })

  test('does not care how its input is cut into pieces', () => {
    const input = sine({ hz: 777, rate: fromHz, count: 4_000 })
    expect(inPieces(input, rates, 7)).toEqual(inPieces(input, rates, 4_000))
  })
})

test('Resampler keeps what the lower rate cannot hold out of it', () => {
  const input = sine({ hz: 10_000, rate: 48_000, count: 48_000 })
  const output = inPieces(input, { fromHz: 48_000, toHz: 16_000 }, 128)
  expect(powerDb(output.subarray(200, -200)) - powerDb(input)).toBeLessThan(-75)
})

test('Resampler hands samples through unchanged when the rates are equal', () => {
  const input = sine({ hz: 440, rate: 16_000, count: 1_000 })
  expect(inPieces(input, { fromHz: 16_000, toHz: 16_000 }, 128)).toEqual(input)
})
