import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { MicrophoneError } from '../../../frontend/src/audio/microphone-error.ts'
import { useCall } from '../../../frontend/src/stores/call.ts'
import { usePreferences } from '../../../frontend/src/stores/preferences.ts'
import { useRoom } from '../../../frontend/src/stores/room.ts'
import { createStage } from '../support/fake-stage.ts'
import { nora, reply, turnStarted } from '../support/things.ts'

let stage: ReturnType<typeof createStage>
let call: ReturnType<typeof useCall>

beforeEach(() => {
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => {} })
  vi.stubGlobal('navigator', {})
  stage = createStage()
  call = useCall(stage.pinia)
  stage.open()
})

afterEach(() => vi.unstubAllGlobals())

/** The first sample of every frame that was sent. */
function sentMarks(): number[] {
  return stage.server.sentAudio.map((bytes) => new DataView(bytes.buffer, bytes.byteOffset).getInt16(0, true))
}

function listeningCommands(): string[] {
  return stage.server.sent.filter(({ type }) => type.endsWith('_listening')).map(({ type }) => type)
}

test('start() opens the microphone and listens hands-free', async () => {
  expect([call.state, call.stateWords]).toEqual(['ready', 'Ready'])
  await call.start()
  stage.microphone.hear(5)
  expect([call.isInCall, call.state]).toEqual([true, 'listening'])
  expect(stage.server.lastSent('start_listening')?.data).toEqual({ mode: 'hands_free' })
  expect(sentMarks()).toEqual([5])
  expect(call.micLevel).toBeGreaterThan(0.5)
})

test('outside of a call nothing of the microphone is sent', () => {
  stage.microphone.hear()
  expect(stage.server.sentAudio).toEqual([])
})

test('start() tells in words why there is no microphone, and the call goes on without', async () => {
  stage.microphone.failure = new MicrophoneError('No microphone was found')
  await call.start()
  expect([call.isInCall, call.state, call.micProblem]).toEqual([
    true,
    'mic_blocked',
    'No microphone was found',
  ])
  expect(listeningCommands()).toEqual([])
})

test('a microphone that is unplugged ends listening and is told', async () => {
  await call.start()
  stage.microphone.lost.tell('Unplugged')
  expect([call.state, call.micProblem, stage.microphone.isOpen]).toEqual(['mic_blocked', 'Unplugged', false])
  expect(listeningCommands()).toEqual(['start_listening', 'stop_listening'])
})

test('toggleMic() really gives the device back, and takes it again', async () => {
  await call.start()
  call.toggleMic()
  await stage.settle()
  expect([call.state, stage.microphone.isOpen]).toEqual(['muted', false])
  call.toggleMic()
  await stage.settle()
  expect([call.state, stage.microphone.isOpen]).toEqual(['listening', true])
  expect(listeningCommands()).toEqual(['start_listening', 'stop_listening', 'start_listening'])
})

test('push-to-talk sends what was said while held, a moment before, and the tail', async () => {
  await call.start()
  call.setMode('push_to_talk')
  for (let mark = 1; mark <= 20; mark++) stage.microphone.hear(mark)
  expect([call.state, call.stateWords, sentMarks()]).toEqual(['ready', 'Hold to talk', []])
  call.talkStart()
  expect(sentMarks()).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20])
  expect(call.state).toBe('listening')
  call.talkEnd()
  stage.microphone.hear(30)
  await stage.answer('stop_listening', { type: 'listening_stopped', data: {} })
  stage.microphone.hear(31)
  expect(sentMarks().at(-1)).toBe(30)
  expect(stage.server.lastSent('stop_listening')?.data).toEqual({})
})

test('talkCancel() takes back what was said', async () => {
  await call.start()
  call.setMode('push_to_talk')
  call.talkStart()
  call.talkCancel()
  stage.microphone.hear(1)
  expect(stage.server.lastSent('stop_listening')?.data).toEqual({ discard: true })
  expect([sentMarks(), call.isTalking]).toEqual([[], false])
})

test('after the line was lost the call listens again', async () => {
  await call.start()
  stage.server.hangUp()
  expect([call.state, call.stateWords]).toEqual(['reconnecting', 'Reconnecting'])
  stage.clock.advance(500)
  stage.server.accept()
  stage.server.say({ ...readyAgain(), id: stage.server.lastSent('hello')?.id ?? '' })
  expect([call.state, listeningCommands()]).toEqual(['listening', ['start_listening', 'start_listening']])
})

test('the state says who speaks, in words, from the first sound on', async () => {
  const room = useRoom(stage.pinia)
  await call.start()
  stage.server.say({ type: 'active_characters', data: { characters: [nora] } })
  stage.server.say(turnStarted(1, 'u1'))
  expect([call.state, call.stateWords]).toEqual(['thinking', 'Nora is thinking'])
  stage.server.say(reply(1, 'a1').audioStart(3))
  stage.playback.played(1, 3, 100)
  expect([call.state, call.stateWords]).toEqual(['speaking', 'Nora is speaking'])
  stage.server.say({ type: 'speech_started', data: { at_ms: 1 } })
  expect([call.state, room.activity]).toEqual(['hearing', 'hearing'])
  stage.server.say({ type: 'speech_stopped', data: { at_ms: 2 } })
  expect(call.state).toBe('speaking')
  stage.playback.finished(1, 3, 200)
  stage.server.say({ type: 'interrupt_ack', data: { epoch: 1 } })
  expect(call.state).toBe('interrupted')
  stage.clock.advance(1_200)
  expect(call.state).toBe('transcribing')
  stage.server.say({ type: 'stt_update', data: { text: '' } })
  expect(call.state).toBe('listening')
})

test('hangUp() gives the microphone back and silences who is speaking', async () => {
  await call.start()
  stage.server.say(turnStarted(1, 'u1'))
  call.hangUp()
  expect([call.isInCall, stage.microphone.isOpen]).toEqual([false, false])
  expect(stage.server.lastSent('interrupt')).toBeDefined()
})

test('the call is on hold while the system keeps the sound for itself', async () => {
  await call.start()
  stage.playback.suspended.tell(true)
  expect(call.state).toBe('on_hold')
  stage.playback.suspended.tell(false)
  stage.microphone.held.tell(true)
  expect(call.state).toBe('on_hold')
})

function readyAgain() {
  const engine = { name: 'fake', ready: true }
  return {
    type: 'ready' as const,
    data: {
      session_id: 'session-2',
      resume_token: 'r2',
      conversation_id: 'fresh-1',
      engines: { vad: engine, stt: engine, llm: engine, tts: engine },
      model_settings: {},
      active_characters: [],
    },
  }
}

test('silence() ends what is said, and what waits for its turn', async () => {
  await call.start()
  call.silence()
  expect(stage.server.lastSent('interrupt')?.data).toEqual({ queued: true })
})

test('what is set for taking turns is told with listening, and at once when it changes', async () => {
  const preferences = usePreferences(stage.pinia)
  preferences.pauseMs = 900
  await call.start()
  expect(stage.server.lastSent('start_listening')?.data).toEqual({ mode: 'hands_free', pause_ms: 900 })
  preferences.interruption = 'button'
  await stage.settle()
  expect(stage.server.lastSent('start_listening')?.data).toMatchObject({ barge_in: false })
})

test('who is muted and wants to be warned is, and nothing of it is sent', async () => {
  usePreferences(stage.pinia).hearsMuted = true
  await call.start()
  call.toggleMic()
  await stage.settle()
  const before = sentMarks().length
  for (let mark = 1; mark <= 30; mark++) stage.microphone.hear(mark)
  expect([stage.microphone.isOpen, call.isUnheard, call.state]).toEqual([true, true, 'muted'])
  expect(sentMarks()).toHaveLength(before)
})
