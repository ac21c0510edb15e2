import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  VAD_WINDOW_SAMPLES,
  type VadStream,
  type VoiceActivityDetector,
} from '../../backend/engines/contracts.ts'
import { noise, silence } from '../support/speech.ts'

export interface VoiceActivityHarness extends AsyncDisposable {
  readonly detector: VoiceActivityDetector
  /** Makes what is being judged fail. */
  crash(): void
  /** Threads or the like that are alive. */
  livingThreads(): number
}

export interface VoiceActivitySubject {
  readonly name: string
  readonly open: () => Promise<VoiceActivityHarness>
  /** Some seconds of speech. */
  readonly speech: () => Promise<Int16Array>
}

/** What every voice activity detector must do, whatever is behind it. */
export function describeVoiceActivityDetector(subject: VoiceActivitySubject): void {
  describe(`${subject.name} as a voice activity detector`, () => {
    let harness: VoiceActivityHarness
    beforeAll(async () => {
      harness = await subject.open()
    })
    afterAll(async () => {
      await harness[Symbol.asyncDispose]()
    })
    const shared = { detector: () => harness.detector, speech: subject.speech }
    describeJudging(shared)
    describeStreams(shared)
    describeFailing(subject)
  })
}

interface Shared {
  /** One for all tests that leave it as it was. */
  readonly detector: () => VoiceActivityDetector
  readonly speech: () => Promise<Int16Array>
}

function describeJudging({ detector, speech }: Shared): void {
  test('hears speech in speech', async () => {
    const probabilities = await judged(detector(), await speech())
    const voiced = probabilities.filter((probability) => probability >= 0.5)
    expect(voiced.length / probabilities.length).toBeGreaterThan(0.6)
  })

  test('hears none in silence and in soft noise', async () => {
    expect(Math.max(...(await judged(detector(), silence(3000))))).toBeLessThan(0.35)
    expect(Math.max(...(await judged(detector(), noise(3000, 200))))).toBeLessThan(0.35)
  })

  test('gives probabilities between 0 and 1, one per window', async () => {
    const audio = await speech()
    const probabilities = await judged(detector(), audio)
    expect(probabilities).toHaveLength(Math.floor(audio.length / VAD_WINDOW_SAMPLES))
    expect(probabilities.every((probability) => probability >= 0 && probability <= 1)).toBe(true)
  })

  test('does not keep the window it was given', async () => {
    const audio = await speech()
    const undisturbed = await judged(detector(), audio)
    using stream = detector().openStream()
    const buffer = new Int16Array(VAD_WINDOW_SAMPLES)
    for (const [index, window] of windowsOf(audio).entries()) {
      buffer.set(window)
      const judging = stream.speechProbability(buffer)
      buffer.fill(0)
      expect(await judging).toBe(undisturbed[index])
    }
  })

  test('refuses a window of another length and goes on', async () => {
    using stream = detector().openStream()
    for (const length of [0, VAD_WINDOW_SAMPLES - 1, VAD_WINDOW_SAMPLES + 1]) {
      await expect(stream.speechProbability(new Int16Array(length))).rejects.toThrow(RangeError)
    }
    await expect(stream.speechProbability(new Int16Array(VAD_WINDOW_SAMPLES))).resolves.toBeLessThan(0.35)
  })
}

function describeStreams({ detector, speech }: Shared): void {
  test('judges every one of 64 streams at once exactly as it judges it alone', async () => {
    const audio = (await speech()).subarray(0, 32_000)
    // Every stream hears something else at any moment.
    const parts = Array.from({ length: 64 }, (_, index) => audio.subarray(index * 128))
    const together = await Promise.all(parts.map((part) => judged(detector(), part)))
    for (const index of [0, 1, 31, 63]) {
      expect(together[index]).toEqual(await judged(detector(), parts[index] ?? audio))
    }
  })

  test('judges windows of one stream in their order without waiting for each answer', async () => {
    const audio = (await speech()).subarray(0, 32_000)
    using stream = detector().openStream()
    const atOnce = await Promise.all(windowsOf(audio).map((window) => stream.speechProbability(window)))
    expect(atOnce).toEqual(await judged(detector(), audio))
  })

  test('keeps what one stream hears from another', async () => {
    const audio = (await speech()).subarray(0, 32_000)
    const [beside, quiet] = await Promise.all([judged(detector(), audio), judged(detector(), silence(2000))])
    expect(beside).toEqual(await judged(detector(), audio))
    expect(quiet).toEqual(await judged(detector(), silence(2000)))
  })

  test('forgets everything on reset', async () => {
    const audio = (await speech()).subarray(0, 16_000)
    using stream = detector().openStream()
    const first = await judgedBy(stream, audio)
    stream.reset()
    expect(await judgedBy(stream, audio)).toEqual(first)
  })

  test('closes a stream twice without harm and judges nothing for it any more', async () => {
    const stream = detector().openStream()
    stream[Symbol.dispose]()
    stream[Symbol.dispose]()
    await expect(stream.speechProbability(new Int16Array(VAD_WINDOW_SAMPLES))).rejects.toMatchObject({
      code: 'engine_failed',
    })
  })
}

function describeFailing({ open, speech }: VoiceActivitySubject): void {
  test('rejects what is being judged when it crashes, and judges on with the same stream', async () => {
    await using harness = await open()
    using stream = harness.detector.openStream()
    const audio = await speech()
    const fresh = await judgedBy(stream, audio)
    const judging = stream.speechProbability(audio.subarray(0, VAD_WINDOW_SAMPLES))
    harness.crash()
    await expect(judging).rejects.toMatchObject({ code: 'engine_failed' })
    stream.reset()
    expect(await judgedBy(stream, audio)).toEqual(fresh)
  })

  test('refuses to judge after disposal and leaves nothing behind', async () => {
    const harness = await open()
    const stream = harness.detector.openStream()
    const window = new Int16Array(VAD_WINDOW_SAMPLES)
    await stream.speechProbability(window)
    await harness[Symbol.asyncDispose]()
    await expect(stream.speechProbability(window)).rejects.toMatchObject({ code: 'engine_failed' })
    stream[Symbol.dispose]()
    expect(harness.livingThreads()).toBe(0)
    expect(harness.detector.status().ready).toBe(false)
  })
}

async function judged(detector: VoiceActivityDetector, audio: Int16Array): Promise<number[]> {
  using stream = detector.openStream()
  return await judgedBy(stream, audio)
}

async function judgedBy(stream: VadStream, audio: Int16Array): Promise<number[]> {
  const probabilities: number[] = []
  for (const window of windowsOf(audio)) probabilities.push(await stream.speechProbability(window))
  return probabilities
}

function windowsOf(audio: Int16Array): Int16Array[] {
  const count = Math.floor(audio.length / VAD_WINDOW_SAMPLES)
  return Array.from({ length: count }, (_, index) =>
    audio.subarray(index * VAD_WINDOW_SAMPLES, (index + 1) * VAD_WINDOW_SAMPLES),
  )
}
