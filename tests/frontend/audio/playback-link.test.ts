import { beforeEach, expect, test } from 'vitest'
import { asHeard } from '../../../frontend/src/audio/player.ts'
import { createStage } from '../support/fake-stage.ts'
import { reply, turnEnded } from '../support/things.ts'

let stage: ReturnType<typeof createStage>

beforeEach(() => {
  stage = createStage()
  stage.open()
})

function reported() {
  return stage.server.sent.filter(({ type }) => type === 'audio_played').map(({ data }) => data['samples'])
}

test('linkPlayback() hands streams and frames on, and ends what the turn leaves open', () => {
  const frame = { epoch: 1, stream: 7, seq: 0, offset: 0, isLast: false, pcm: new Int16Array([1, 2, 3]) }
  stage.server.say(reply(1, 'a1').audioStart(7))
  stage.server.play(frame)
  stage.server.say(turnEnded(1))
  expect(stage.playback.commands.slice(-3)).toEqual([
    { type: 'start', epoch: 1, stream: 7, sampleRate: 16_000, isMuted: false },
    { type: 'frame', frame },
    { type: 'end_turn', epoch: 1 },
  ])
})

test('linkPlayback() reports what was played about every 200 ms, and the end at once', () => {
  for (const samples of [800, 1_600, 2_400, 3_200, 4_000, 4_800]) {
    stage.playback.played(1, 7, samples)
    stage.clock.advance(50)
  }
  stage.playback.finished(1, 7, 5_000)
  expect(reported()).toEqual([800, 4_000, 5_000])
})

test('linkPlayback() does not repeat itself while nothing moves', () => {
  stage.playback.played(1, 7, 800)
  stage.clock.advance(500)
  stage.playback.played(1, 7, 800)
  expect(reported()).toEqual([800])
})

test('linkPlayback() steps back while the user seems to speak, and comes forward again', () => {
  stage.server.say({ type: 'speech_started', data: { at_ms: 0 } })
  expect(stage.playback.commands.at(-1)).toEqual({ type: 'duck', isDucked: true })
  stage.server.say({ type: 'speech_stopped', data: { at_ms: 1 } })
  expect(stage.playback.commands.at(-1)).toEqual({ type: 'duck', isDucked: false })
})

test('linkPlayback() cuts on the server’s word, and the next turn is not ducked', () => {
  stage.server.say({ type: 'speech_started', data: { at_ms: 0 } })
  stage.server.say({ type: 'interrupt_ack', data: { epoch: 4 } })
  expect(stage.playback.commands.slice(-2)).toEqual([
    { type: 'cut', epoch: 4 },
    { type: 'duck', isDucked: false },
  ])
})

test('linkPlayback() starts over with a new session, after which turns count anew', () => {
  stage.reconnect()
  expect(stage.playback.commands).toContainEqual({ type: 'reset' })
})

test('linkPlayback() plays out what has arrived when the line breaks, so that nobody seems to go on speaking', () => {
  stage.server.say(reply(3, 'a1').audioStart(7))
  stage.server.hangUp()
  expect(stage.playback.commands.at(-1)).toEqual({ type: 'end_turn', epoch: 3 })
})

test('asHeard() takes the output latency off what is playing, and nothing off what is over', () => {
  const position = { epoch: 1, stream: 1, sampleRate: 16_000 }
  const report = {
    positions: [
      { ...position, samples: 1_000, isFinal: false },
      { ...position, samples: 100, isFinal: false },
      { ...position, samples: 1_000, isFinal: true },
    ],
    playing: null,
    level: 0,
    underruns: 0,
    dropped: 0,
  }
  expect(asHeard(report, 0.03).positions.map(({ samples }) => samples)).toEqual([520, 0, 1_000])
  expect(asHeard(report, undefined).positions.map(({ samples }) => samples)).toEqual([1_000, 100, 1_000])
})
