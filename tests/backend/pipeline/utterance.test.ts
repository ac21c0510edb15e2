import { expect, test } from 'vitest'
import { AppError } from '../../../backend/errors.ts'
import {
  DEFAULT_UTTERANCE_SETTINGS,
  UtteranceDetector,
  type UtteranceEvent,
  type UtteranceSettings,
} from '../../../backend/pipeline/utterance.ts'
import { FakeClock, settled } from '../../fakes/fake-clock.ts'
import { FakeVad } from '../../fakes/fake-vad.ts'

const FRAME_SAMPLES = 320

/** A detector with its fakes; its microphone counts in 20 ms frames. */
class Microphone implements Disposable {
  readonly vad = new FakeVad()
  readonly clock = new FakeClock()
  readonly events: UtteranceEvent[] = []
  /** What each utterance contained, in the order of their beginnings. */
  readonly recordings: Int16Array[][] = []
  readonly detector: UtteranceDetector
  /** Every sample that was sent, to compare with. */
  readonly sent: number[] = []

  constructor(settings: Partial<UtteranceSettings> = {}) {
    this.detector = new UtteranceDetector({
      vad: this.vad.openStream(),
      clock: this.clock,
      settings: { ...DEFAULT_UTTERANCE_SETTINGS, ...settings },
      onEvent: (event) => this.#note(event),
    })
  }

  /** Speech: samples that can be told apart. */
  speak(durationMs: number): Promise<void> {
    return this.#send(durationMs, () => 2000 + (this.sent.length % 20_000))
  }

  silence(durationMs: number): Promise<void> {
    return this.#send(durationMs, () => this.sent.length % 500)
  }

  typesOf(...types: string[]): string[] {
    return this.events.map((event) => event.type).filter((type) => types.includes(type))
  }

  find<Type extends UtteranceEvent['type']>(type: Type): Extract<UtteranceEvent, { type: Type }>[] {
    return this.events.filter(
      (event): event is Extract<UtteranceEvent, { type: Type }> => event.type === type,
    )
  }

  /** The samples of an utterance. */
  heard(index: number): number[] {
    return (this.recordings[index] ?? []).flatMap((chunk) => [...chunk])
  }

  [Symbol.dispose](): void {
    this.detector[Symbol.dispose]()
  }

  async #send(durationMs: number, sampleOf: () => number): Promise<void> {
    for (let left = durationMs * 16; left > 0; left -= FRAME_SAMPLES) {
      const start = this.sent.length
      while (this.sent.length < start + Math.min(left, FRAME_SAMPLES)) this.sent.push(sampleOf())
      this.detector.push(Int16Array.from(this.sent.slice(start)))
    }
    await settled()
  }

  #note(event: UtteranceEvent): void {
    this.events.push(event)
    if (event.type !== 'utterance_started') return
    const recording: Int16Array[] = []
    this.recordings.push(recording)
    void collect(event.utterance.audio, recording)
  }
}

async function collect(audio: AsyncIterable<Int16Array>, into: Int16Array[]): Promise<void> {
  for await (const chunk of audio) into.push(chunk)
}

/** A window is 32 ms, so positions in audio time are exact to one window. */
const WINDOW_MS = 32

// ── Hands free ──────────────────────────────────────────────────────────────────────────────────

test('UtteranceDetector makes one utterance of one sentence', async () => {
  using microphone = new Microphone()
  microphone.detector.start('hands_free')
  await microphone.silence(1000)
  await microphone.speak(800)
  await microphone.silence(1000)
  expect(
    microphone.typesOf('speech_started', 'speech_stopped', 'utterance_started', 'utterance_ended'),
  ).toEqual(['speech_started', 'utterance_started', 'speech_stopped', 'utterance_ended'])
  expect(microphone.find('utterance_ended')[0]?.reason).toBe('silence')
})

test('UtteranceDetector reports times in audio time since listening started', async () => {
  using microphone = new Microphone()
  microphone.detector.start('hands_free')
  await microphone.silence(1000)
  await microphone.speak(800)
  await microphone.silence(1000)
  const [ended] = microphone.find('utterance_ended')
  const startedAtMs = microphone.find('speech_started')[0]?.atMs ?? Number.NaN
  expect(Math.abs(startedAtMs - 1000)).toBeLessThan(WINDOW_MS)
  expect(ended?.utterance.speechStartedAtMs).toBe(startedAtMs)
  expect(Math.abs((ended?.speechEndedAtMs ?? Number.NaN) - 1800)).toBeLessThan(WINDOW_MS)
  expect(microphone.find('speech_stopped')[0]?.atMs).toBe(ended?.speechEndedAtMs)
})

test('UtteranceDetector ends the turn within one window after the silence it takes', async () => {
  using microphone = new Microphone({ endOfTurnSilenceMs: 300 })
  microphone.detector.start('hands_free')
  await microphone.speak(500)
  await microphone.silence(1000)
  const [ended] = microphone.find('utterance_ended')
  const delayMs = (ended?.endedAtMs ?? 0) - (ended?.speechEndedAtMs ?? 0)
  expect(delayMs).toBeGreaterThanOrEqual(300)
  expect(delayMs).toBeLessThan(300 + WINDOW_MS)
})

test('UtteranceDetector gives an utterance its pre-roll and every sample after it, once and in order', async () => {
  using microphone = new Microphone()
  microphone.detector.start('hands_free')
  await microphone.silence(1000)
  await microphone.speak(800)
  await microphone.silence(1000)
  const [started] = microphone.find('speech_started')
  const [ended] = microphone.find('utterance_ended')
  const from = (started?.atMs ?? 0) * 16 - 300 * 16
  expect(microphone.heard(0)).toEqual(microphone.sent.slice(from, (ended?.endedAtMs ?? 0) * 16))
})

test('UtteranceDetector hands out the audio while the user still speaks', async () => {
  using microphone = new Microphone()
  microphone.detector.start('hands_free')
  await microphone.speak(500)
  const soFar = microphone.heard(0).length
  expect(soFar).toBeGreaterThan(400 * 16)
  await microphone.speak(500)
  expect(microphone.heard(0).length).toBeGreaterThan(soFar + 450 * 16)
})

test('UtteranceDetector tells how long the user has been speaking', async () => {
  using microphone = new Microphone()
  microphone.detector.start('hands_free')
  await microphone.speak(640)
  const voiced = microphone.find('speaking').map((event) => event.voicedMs)
  expect(voiced).toEqual(voiced.toSorted((a, b) => a - b))
  expect(voiced.at(-1)).toBe(640)
})

test('UtteranceDetector keeps an utterance together over a short pause', async () => {
  using microphone = new Microphone()
  microphone.detector.start('hands_free')
  await microphone.speak(500)
  await microphone.silence(400)
  await microphone.speak(500)
  await microphone.silence(600)
  expect(microphone.find('utterance_started')).toHaveLength(1)
})

test('UtteranceDetector does not repeat the last word of one utterance in the pre-roll of the next', async () => {
  using microphone = new Microphone({ endOfTurnSilenceMs: 96, preRollMs: 400 })
  microphone.detector.start('hands_free')
  await microphone.speak(512)
  await microphone.silence(160)
  await microphone.speak(512)
  await microphone.silence(160)
  expect(microphone.recordings).toHaveLength(2)
  const speechEndedAtMs = microphone.find('utterance_ended')[0]?.speechEndedAtMs ?? 0
  expect(microphone.heard(1)[0]).toBe(microphone.sent[speechEndedAtMs * 16])
})

test('UtteranceDetector ignores a click', async () => {
  using microphone = new Microphone()
  microphone.detector.start('hands_free')
  await microphone.silence(320)
  await microphone.speak(40)
  await microphone.silence(1000)
  expect(microphone.events).toEqual([])
})

test('UtteranceDetector cuts an endless utterance and loses no sample', async () => {
  using microphone = new Microphone({ maxUtteranceMs: 2000 })
  microphone.detector.start('hands_free')
  await microphone.speak(5000)
  await microphone.silence(1000)
  expect(microphone.find('utterance_ended').map((event) => event.reason)).toEqual([
    'length',
    'length',
    'silence',
  ])
  const all = [0, 1, 2].flatMap((index) => microphone.heard(index))
  expect(all).toEqual(microphone.sent.slice(0, all.length))
  expect(microphone.find('speech_started')).toHaveLength(1)
})

test('UtteranceDetector takes frames of any length', async () => {
  using microphone = new Microphone()
  microphone.detector.start('hands_free')
  const pcm = new Int16Array(40_000).fill(5000)
  let start = 0
  for (const length of [1, 0, 511, 512, 513, 16_000, 7, 16_000]) {
    microphone.detector.push(pcm.subarray(start, start + length))
    start += length
  }
  await microphone.detector.stop()
  expect(microphone.heard(0)).toHaveLength(start)
})

test('UtteranceDetector commits what was said so far when listening stops', async () => {
  using microphone = new Microphone()
  microphone.detector.start('hands_free')
  await microphone.speak(500)
  await microphone.detector.stop()
  expect(microphone.find('utterance_ended')[0]?.reason).toBe('stopped')
  expect(microphone.heard(0)).toEqual(microphone.sent)
  expect(microphone.clock.pendingTimers).toBe(0)
})

test('UtteranceDetector starts its audio time and the memory of the detector anew with every listening', async () => {
  using microphone = new Microphone()
  microphone.detector.start('hands_free')
  await microphone.silence(2000)
  await microphone.detector.stop()
  microphone.detector.start('hands_free')
  await microphone.speak(500)
  expect(microphone.find('speech_started')[0]?.atMs).toBe(0)
  expect(microphone.vad.resets).toBe(2)
})

test('UtteranceDetector drops what is sent while it does not listen', async () => {
  using microphone = new Microphone()
  await microphone.speak(1000)
  microphone.detector.start('hands_free')
  await microphone.silence(1000)
  await microphone.detector.stop()
  expect(microphone.events).toEqual([])
})

// ── Push to talk ────────────────────────────────────────────────────────────────────────────────

test('UtteranceDetector ends a push-to-talk utterance only when told so', async () => {
  using microphone = new Microphone()
  microphone.detector.start('push_to_talk')
  await microphone.speak(500)
  await microphone.silence(3000)
  await microphone.speak(500)
  expect(microphone.find('utterance_ended')).toHaveLength(0)
  const stopped = microphone.detector.stop()
  await microphone.clock.advance(60)
  await stopped
  expect(microphone.find('utterance_ended')).toHaveLength(1)
  expect(microphone.heard(0)).toEqual(microphone.sent)
})

test('UtteranceDetector takes the release tail, and no more, after push-to-talk stops', async () => {
  using microphone = new Microphone()
  microphone.detector.start('push_to_talk')
  await microphone.speak(500)
  const stopped = microphone.detector.stop()
  for (let frame = 0; frame < 20; frame++) {
    await microphone.speak(20)
    await microphone.clock.advance(20)
  }
  await stopped
  expect(microphone.heard(0)).toEqual(microphone.sent.slice(0, (500 + 250) * 16))
  expect(microphone.clock.pendingTimers).toBe(0)
})

test('UtteranceDetector does not wait for a release tail that never comes', async () => {
  using microphone = new Microphone()
  microphone.detector.start('push_to_talk')
  await microphone.speak(500)
  let isStopped = false
  const stopped = microphone.detector.stop().then(() => (isStopped = true))
  await microphone.clock.advance(59)
  expect(isStopped).toBe(false)
  await microphone.clock.advance(1)
  expect(isStopped).toBe(true)
  await stopped
  expect(microphone.clock.pendingTimers).toBe(0)
})

test('UtteranceDetector waits for a release tail only as long as frames keep coming', async () => {
  using microphone = new Microphone()
  microphone.detector.start('push_to_talk')
  await microphone.speak(500)
  let isStopped = false
  const stopped = microphone.detector.stop().then(() => (isStopped = true))
  for (let frame = 0; frame < 5; frame++) {
    await microphone.speak(20)
    await microphone.clock.advance(20)
  }
  await microphone.clock.advance(39)
  expect(isStopped).toBe(false)
  await microphone.clock.advance(1)
  expect(isStopped).toBe(true)
  await stopped
  expect(microphone.heard(0)).toEqual(microphone.sent)
})

test('UtteranceDetector believes the first sound while the button is held', async () => {
  using microphone = new Microphone()
  microphone.detector.start('push_to_talk')
  await microphone.silence(320)
  await microphone.speak(60)
  await microphone.silence(320)
  const stopped = microphone.detector.stop()
  await microphone.clock.advance(60)
  await stopped
  expect(microphone.find('utterance_ended')).toHaveLength(1)
})

test('UtteranceDetector makes no utterance of a button held in silence', async () => {
  using microphone = new Microphone()
  microphone.detector.start('push_to_talk')
  await microphone.silence(1000)
  const stopped = microphone.detector.stop()
  await microphone.clock.advance(60)
  await stopped
  expect(microphone.events).toEqual([])
})

test('UtteranceDetector takes what was said just before the button into the pre-roll', async () => {
  using microphone = new Microphone()
  await microphone.speak(1000)
  microphone.detector.start('push_to_talk')
  await microphone.speak(500)
  const stopped = microphone.detector.stop()
  await microphone.clock.advance(60)
  await stopped
  expect(microphone.heard(0)).toEqual(microphone.sent.slice(700 * 16))
})

test('UtteranceDetector forgets what was said long before the button', async () => {
  using microphone = new Microphone()
  await microphone.speak(1000)
  await microphone.clock.advance(101)
  microphone.detector.start('push_to_talk')
  await microphone.speak(500)
  const stopped = microphone.detector.stop()
  await microphone.clock.advance(60)
  await stopped
  expect(microphone.heard(0)).toEqual(microphone.sent.slice(1000 * 16))
})

test('UtteranceDetector commits at once when listening starts again during the release tail', async () => {
  using microphone = new Microphone()
  microphone.detector.start('push_to_talk')
  await microphone.speak(500)
  const stopped = microphone.detector.stop()
  microphone.detector.start('push_to_talk')
  await stopped
  await microphone.speak(500)
  expect(microphone.typesOf('utterance_started', 'utterance_ended')).toEqual([
    'utterance_started',
    'utterance_ended',
    'utterance_started',
  ])
  expect(microphone.clock.pendingTimers).toBe(0)
})

// ── Failures ────────────────────────────────────────────────────────────────────────────────────

test('UtteranceDetector reports a failing detector once and goes on when it is back', async () => {
  using microphone = new Microphone()
  microphone.detector.start('hands_free')
  microphone.vad.failures = 20
  await microphone.silence(20 * 32)
  await microphone.speak(500)
  await microphone.silence(600)
  expect(microphone.find('failed').map((event) => event.error)).toEqual([expect.any(AppError)])
  expect(microphone.find('utterance_ended')).toHaveLength(1)
  microphone.vad.failures = 1
  await microphone.silence(320)
  expect(microphone.find('failed')).toHaveLength(2)
})

test('UtteranceDetector ends the turn if the detector fails for as long as silence would take', async () => {
  using microphone = new Microphone()
  microphone.detector.start('hands_free')
  await microphone.speak(512)
  microphone.vad.failures = 20
  await microphone.speak(640)
  expect(microphone.find('utterance_ended')[0]?.reason).toBe('silence')
})

test('UtteranceDetector takes a held button for speech while nobody can judge', async () => {
  using microphone = new Microphone()
  microphone.detector.start('push_to_talk')
  microphone.vad.failures = Infinity
  await microphone.speak(500)
  const stopped = microphone.detector.stop()
  await microphone.clock.advance(60)
  await stopped
  expect(microphone.heard(0)).toEqual(microphone.sent)
})

test('UtteranceDetector drops and counts the oldest audio when judging falls behind', async () => {
  using microphone = new Microphone()
  const release = microphone.vad.hold()
  microphone.detector.start('hands_free')
  await microphone.silence(20_000)
  const keptWindows = Math.ceil((5000 * 16) / 512)
  expect(microphone.detector.droppedSamples).toBe(20_000 * 16 - keptWindows * 512)
  release()
  await settled(50)
  expect(microphone.vad.judgedWindows).toBe(keptWindows)
  await microphone.speak(500)
  expect(microphone.find('speech_started')[0]?.atMs).toBe(20_000)
})

test('UtteranceDetector judges what is left of one listening before it begins with the next', async () => {
  using microphone = new Microphone()
  const release = microphone.vad.hold()
  microphone.detector.start('hands_free')
  await microphone.speak(500)
  const stopped = microphone.detector.stop()
  microphone.detector.start('hands_free')
  await microphone.silence(500)
  expect(microphone.vad.resets).toBe(1)
  release()
  await stopped
  expect(microphone.find('utterance_ended')).toHaveLength(1)
  expect(microphone.heard(0)).toEqual(microphone.sent.slice(0, 500 * 16))
})

test('UtteranceDetector says nothing after it was disposed, and ends the audio under way', async () => {
  const microphone = new Microphone()
  microphone.detector.start('hands_free')
  await microphone.speak(500)
  const eventCount = microphone.events.length
  const [started] = microphone.find('utterance_started')
  microphone[Symbol.dispose]()
  await microphone.silence(1000)
  expect(microphone.events).toHaveLength(eventCount)
  const iterator = started?.utterance.audio[Symbol.asyncIterator]()
  expect(await iterator?.next()).toEqual({ done: true, value: undefined })
})

test('UtteranceDetector leaves no timer when disposed during the release tail', async () => {
  const microphone = new Microphone()
  microphone.detector.start('push_to_talk')
  await microphone.speak(500)
  const stopped = microphone.detector.stop()
  microphone[Symbol.dispose]()
  await stopped
  expect(microphone.clock.pendingTimers).toBe(0)
})
