import { expect, test } from 'vitest'
import {
  PcmReader,
  amplified,
  bytesOf,
  fadeEdges,
  peakOf,
  samplesOf,
  toSample,
} from '../../../backend/lib/pcm.ts'

const SAMPLES = Int16Array.of(0, 1, -1, 32_767, -32_768, 258)

test('bytesOf() and samplesOf() are each other backwards', () => {
  expect(bytesOf(Int16Array.of(258, -2))).toEqual(Uint8Array.of(2, 1, 0xfe, 0xff))
  expect(samplesOf(bytesOf(SAMPLES))).toEqual(SAMPLES)
})

test('samplesOf() reads bytes that are not aligned', () => {
  const shifted = Uint8Array.of(99, ...bytesOf(SAMPLES)).subarray(1)
  expect(samplesOf(shifted)).toEqual(SAMPLES)
})

test.each([1, 2, 3, 5, 100])(
  'PcmReader.push() puts samples together from pieces of %i bytes',
  (sizeBytes) => {
    const reader = new PcmReader()
    const bytes = bytesOf(SAMPLES)
    const read: number[] = []
    for (let at = 0; at < bytes.length; at += sizeBytes)
      read.push(...reader.push(bytes.subarray(at, at + sizeBytes)))
    expect(Int16Array.from(read)).toEqual(SAMPLES)
  },
)

test('PcmReader.push() gives nothing for no bytes and keeps its odd byte', () => {
  const reader = new PcmReader()
  expect(reader.push(Uint8Array.of(2))).toHaveLength(0)
  expect(reader.push(new Uint8Array())).toHaveLength(0)
  expect(reader.push(Uint8Array.of(1))).toEqual(Int16Array.of(258))
})

test('toSample() rounds and clips', () => {
  expect([0.4, 0.6, 40_000, -40_000].map((value) => toSample(value))).toEqual([0, 1, 32_767, -32_768])
})

test('peakOf() is the largest absolute value', () => {
  expect(peakOf(SAMPLES)).toBe(32_768)
  expect(peakOf(new Int16Array())).toBe(0)
})

test('amplified() clips and leaves its input alone', () => {
  const quiet = Int16Array.of(100, -100, 30_000)
  expect(amplified(quiet, 2)).toEqual(Int16Array.of(200, -200, 32_767))
  expect(quiet[0]).toBe(100)
})

test('fadeEdges() starts and ends in silence and leaves the middle alone', () => {
  const samples = new Int16Array(100).fill(1_000)
  fadeEdges(samples, 10)
  expect([samples[0], samples[5], samples[10], samples[89], samples[94], samples[99]]).toEqual([
    0, 500, 1_000, 1_000, 500, 0,
  ])
})

test('fadeEdges() copes with fewer samples than the fade is long', () => {
  const samples = Int16Array.of(9, 9, 9)
  fadeEdges(samples, 10)
  expect(samples).toEqual(Int16Array.of(0, 9, 0))
})
