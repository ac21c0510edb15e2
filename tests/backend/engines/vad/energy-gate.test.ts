import { expect, test } from 'vitest'
import { EnergyGate, loudnessOf } from '../../../../backend/engines/vad/energy-gate.ts'
import { noise } from '../../../support/speech.ts'

const SILENT = 0.02
const VOICED = 0.9

/** Lets windows of these loudnesses through the gate. @returns whether each was skipped. */
function passed(gate: EnergyGate, loudnesses: readonly number[], probability = SILENT): boolean[] {
  return loudnesses.map((loudness) => {
    const isSkipped = gate.skips(loudness)
    if (!isSkipped) gate.judged(loudness, probability)
    return isSkipped
  })
}

function windows(count: number, loudness: number): number[] {
  return Array.from({ length: count }, () => loudness)
}

/** A gate that knows its background and is closed. */
function closedGate(background: number): EnergyGate {
  const gate = new EnergyGate()
  passed(gate, windows(100, background))
  return gate
}

function skippedShare(skipped: readonly boolean[]): number {
  return skipped.filter(Boolean).length / skipped.length
}

test('EnergyGate has everything judged in its first second', () => {
  expect(passed(new EnergyGate(), windows(31, 0))).not.toContain(true)
})

test('EnergyGate skips nearly all of a quiet call, but never 16 windows in a row', () => {
  const skipped = passed(closedGate(100), windows(320, 100))
  expect(skippedShare(skipped)).toBe(15 / 16)
})

test('EnergyGate opens with the first window louder than the background, for half a second', () => {
  const gate = closedGate(100)
  expect(passed(gate, [250, ...windows(17, 100)])).toEqual([...windows(17, 0).map(() => false), true])
})

test('EnergyGate stays open while the model hears somebody, however softly', () => {
  const gate = closedGate(100)
  passed(gate, [250], VOICED)
  expect(passed(gate, windows(100, 90), VOICED)).not.toContain(true)
})

test('EnergyGate opens when the model hears somebody in a window judged for routine', () => {
  const gate = closedGate(100)
  while (gate.skips(100)) continue
  gate.judged(100, VOICED)
  expect(passed(gate, windows(16, 100))).not.toContain(true)
})

test('EnergyGate does not take a bang for the background', () => {
  const gate = closedGate(100)
  passed(gate, [20_000])
  passed(gate, windows(16, 100))
  expect(gate.skips(300)).toBe(false)
})

test('EnergyGate learns a background that has become louder', () => {
  const gate = closedGate(50)
  passed(gate, windows(200, 150))
  expect(skippedShare(passed(gate, windows(160, 150)))).toBeGreaterThan(0.9)
})

test('EnergyGate has everything judged in a loud place', () => {
  expect(skippedShare(passed(closedGate(2000), windows(320, 2000)))).toBe(0)
})

test('loudnessOf() is the root mean square, without rumble', () => {
  expect(loudnessOf(noise(1000, 1000))).toBeCloseTo(1000, -2)
  expect(loudnessOf(new Int16Array(512).fill(10_000))).toBe(0)
  const hum = Int16Array.from(
    { length: 16_000 },
    (_, index) => 10_000 * Math.sin((index * 2 * Math.PI * 20) / 16_000),
  )
  expect(loudnessOf(hum)).toBeLessThan(1200)
  expect(loudnessOf(new Int16Array(0))).toBe(0)
})
