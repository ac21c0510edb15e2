import { expect, test } from 'vitest'
import { FLITE_VOICES, voicePlan } from '../../../../../backend/engines/tts/flite/voices.ts'

test('voicePlan() leaves everything as recorded where nothing is asked', () => {
  for (const { id } of FLITE_VOICES) {
    expect(voicePlan({ engine_voice: id })).toMatchObject({
      voice: id,
      stretch: 1,
      pitchHz: undefined,
      playbackRate: 1,
    })
  }
})

test.each([undefined, '', 'alloy', 'toString'])('voicePlan() speaks with the first voice for %j', (name) => {
  expect(voicePlan(name === undefined ? {} : { engine_voice: name }).voice).toBe(FLITE_VOICES[0]?.id)
})

test('voicePlan() makes fast speech shorter', () => {
  expect(voicePlan({ engine_voice: 'slt', speed: 2 }).stretch).toBe(0.5)
})

test('voicePlan() asks a voice that can for another pitch', () => {
  expect(voicePlan({ engine_voice: 'slt', pitch: 1.5 })).toMatchObject({ pitchHz: 267, playbackRate: 1 })
})

test('voicePlan() shifts formants by playing faster, and takes back tempo and pitch', () => {
  const plan = voicePlan({ engine_voice: 'slt', formant: 1.2, speed: 1.5 })
  expect(plan.playbackRate).toBe(1.2)
  expect(plan.stretch).toBeCloseTo(1.2 / 1.5)
  expect(plan.pitchHz).toBeCloseTo(178 / 1.2)
})

test('voicePlan() shifts a voice as a whole that cannot change its pitch, within reason', () => {
  expect(voicePlan({ engine_voice: 'rms', pitch: 1.1 })).toMatchObject({
    playbackRate: 1.1,
    pitchHz: undefined,
  })
  expect(voicePlan({ engine_voice: 'rms', pitch: 2 }).playbackRate).toBe(1.26)
})
