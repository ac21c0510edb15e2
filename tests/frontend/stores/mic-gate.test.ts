import { describe, expect, it } from 'vitest'
import { type CapturedFrame } from '../../../frontend/src/audio/capture-framer.ts'
import { MicGate } from '../../../frontend/src/stores/mic-gate.ts'

const LOUD = 0.2
const QUIET = 0.001

function frame(mark: number, level: number): CapturedFrame {
  return { pcm: Int16Array.of(mark), level }
}

/** What is let through, by its marks; silence is 0. */
function passed(gate: MicGate, levels: readonly number[]): number[] {
  return levels.flatMap((level, index) => gate.pass(frame(index + 1, level)).map(({ pcm }) => pcm[0] ?? -1))
}

describe('the gate of the microphone', () => {
  it('without a threshold lets everything through at once', () => {
    expect(passed(new MicGate(), [QUIET, LOUD, QUIET])).toEqual([1, 2, 3])
  })

  it('makes silence of what stays below the threshold', () => {
    const gate = new MicGate()
    gate.threshold = 0.5
    const sent = passed(
      gate,
      Array.from({ length: 30 }, () => QUIET),
    )
    expect(sent).toHaveLength(24)
    expect(new Set(sent)).toEqual(new Set([0]))
  })

  it('keeps what came shortly before a word, and shortly after it', () => {
    const gate = new MicGate()
    gate.threshold = 0.5
    const levels = Array.from({ length: 60 }, (_, index) => (index === 20 ? LOUD : QUIET))
    const heard = passed(gate, levels).filter((mark) => mark !== 0)
    expect(heard[0]).toBeLessThanOrEqual(16)
    expect(heard).toContain(21)
    expect(heard.at(-1)).toBeGreaterThanOrEqual(30)
    expect(heard.at(-1)).toBeLessThan(45)
  })

  it('gives back what it held when the threshold goes away', () => {
    const gate = new MicGate()
    gate.threshold = 0.5
    passed(gate, [LOUD, LOUD])
    gate.threshold = 0
    expect(passed(gate, [LOUD])).toEqual([1, 2, 1])
  })
})
