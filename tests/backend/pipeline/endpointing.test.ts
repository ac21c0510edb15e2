import { expect, test } from 'vitest'
import { Endpointing, type SpeechChange } from '../../../backend/pipeline/endpointing.ts'
import { VAD_WINDOW_SAMPLES } from '../../../backend/engines/contracts.ts'

const settings = { speechThreshold: 0.5, silenceThreshold: 0.35, minSpeechMs: 96, endOfTurnSilenceMs: 500 }
const LOUD = 0.9
const UNSURE = 0.4
const QUIET = 0.1

/** What each window changed, by its number. */
function changesOf(probabilities: readonly number[], overrides: Partial<typeof settings> = {}) {
  const endpointing = new Endpointing({ ...settings, ...overrides })
  const changes = new Map<number, SpeechChange>()
  for (const [index, probability] of probabilities.entries()) {
    const change = endpointing.judge(spanOf(index), probability)
    if (change) changes.set(index, change)
  }
  return changes
}

function spanOf(index: number) {
  return { startSample: index * VAD_WINDOW_SAMPLES, endSample: (index + 1) * VAD_WINDOW_SAMPLES }
}

function windows(count: number, probability: number): number[] {
  return Array.from({ length: count }, () => probability)
}

test('Endpointing believes speech after minSpeechMs of it and dates it back to its first window', () => {
  const changes = changesOf([QUIET, LOUD, LOUD, LOUD])
  expect([...changes]).toEqual([[3, { type: 'started', atSample: 512 }]])
})

test('Endpointing does not believe a sound shorter than minSpeechMs', () => {
  expect(changesOf([LOUD, LOUD, QUIET, LOUD, LOUD, QUIET]).size).toBe(0)
})

test('Endpointing lets an unsure window neither begin speech nor end its beginning', () => {
  expect(changesOf(windows(20, UNSURE)).size).toBe(0)
  expect([...changesOf([LOUD, UNSURE, LOUD, LOUD])]).toEqual([[3, { type: 'started', atSample: 0 }]])
})

test('Endpointing keeps speech going through unsure windows', () => {
  const changes = changesOf([...windows(3, LOUD), ...windows(40, UNSURE)])
  expect(changes.get(42)).toEqual({ type: 'voiced', voicedSamples: 43 * 512 })
})

test('Endpointing ends speech within one window after endOfTurnSilenceMs, at its last sound', () => {
  const changes = changesOf([...windows(5, LOUD), ...windows(30, QUIET)])
  const [index, change] = [...changes].at(-1) ?? []
  expect(change).toEqual({ type: 'stopped', atSample: 5 * 512 })
  expect(index).toBe(5 + Math.ceil(500 / 32) - 1)
})

test('Endpointing counts silence anew after every sound', () => {
  const pause = windows(15, QUIET)
  const changes = changesOf([...windows(3, LOUD), ...pause, LOUD, ...pause, LOUD, ...pause])
  expect([...changes.values()].some((change) => change.type === 'stopped')).toBe(false)
})

test('Endpointing leaves pauses out of the time voiced', () => {
  const changes = changesOf([...windows(3, LOUD), ...windows(5, QUIET), LOUD])
  expect([...changes].at(-1)).toEqual([8, { type: 'voiced', voicedSamples: 4 * 512 }])
})

test('Endpointing starts over after the end of speech', () => {
  const speech = [...windows(4, LOUD), ...windows(16, QUIET)]
  const types = [...changesOf([...speech, ...speech]).values()].map((change) => change.type)
  expect(types).toEqual(['started', 'voiced', 'stopped', 'started', 'voiced', 'stopped'])
})

test('Endpointing ends at once what is under way when told so, and nothing if nothing is', () => {
  const endpointing = new Endpointing({ ...settings, minSpeechMs: 0 })
  expect(endpointing.end()).toBeUndefined()
  endpointing.judge(spanOf(0), LOUD)
  endpointing.judge(spanOf(1), QUIET)
  expect(endpointing.end()).toEqual({ type: 'stopped', atSample: 512 })
  expect(endpointing.end()).toBeUndefined()
})

test('Endpointing gives the same answer for the same windows whatever the thresholds of others are', () => {
  expect(changesOf([0.6, 0.6, 0.6], { speechThreshold: 0.7 }).size).toBe(0)
  expect(changesOf([0.6, 0.6, 0.6], { minSpeechMs: 32 }).get(0)).toEqual({ type: 'started', atSample: 0 })
})
