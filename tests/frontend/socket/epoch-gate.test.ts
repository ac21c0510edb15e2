import { expect, test } from 'vitest'
import { EpochGate, isGated } from '../../../frontend/src/socket/epoch-gate.ts'

test('EpochGate admits every turn at first, also turn 0', () => {
  const gate = new EpochGate()
  expect([gate.admits(0), gate.admits(7)]).toEqual([true, true])
})

test('EpochGate drops the acknowledged turn and all before it, and nothing after it', () => {
  const gate = new EpochGate()
  gate.closeUpTo(5)
  expect([4, 5, 6].map((epoch) => gate.admits(epoch))).toEqual([false, false, true])
})

test('EpochGate never opens again for an old turn', () => {
  const gate = new EpochGate()
  gate.closeUpTo(5)
  gate.closeUpTo(2)
  expect(gate.admits(4)).toBe(false)
})

test('EpochGate.closeForSeen() closes for the newest turn seen, before the server has said so', () => {
  const gate = new EpochGate()
  gate.admits(3)
  expect(gate.closeForSeen()).toBe(3)
  expect([gate.admits(3), gate.admits(4)]).toEqual([false, true])
})

test('EpochGate.reset() lets a new session count from the beginning', () => {
  const gate = new EpochGate()
  gate.closeUpTo(9)
  gate.reset()
  expect(gate.admits(1)).toBe(true)
})

test('isGated() holds for text and sound, not for the news that a turn has ended', () => {
  const line = { epoch: 1, character_id: 'c', character_name: 'C', message_id: 'm' }
  expect(isGated({ type: 'text_chunk', data: { ...line, text: '', is_final: true } })).toBe(true)
  expect(isGated({ type: 'audio_stream_stop', data: { ...line, stream: 0, samples: 0 } })).toBe(true)
  expect(isGated({ type: 'turn_ended', data: { epoch: 1, outcome: 'interrupted', metrics: {} } })).toBe(false)
})
