import { afterAll, beforeAll, expect, test } from 'vitest'
import { VAD_WINDOW_SAMPLES, type VoiceActivityDetector } from '../../../backend/engines/contracts.ts'
import { createSileroDetector } from '../../../backend/engines/vad/silero/silero-detector.ts'
import { systemClock } from '../../../backend/lib/clock.ts'
import { deferred } from '../../../backend/lib/deferred.ts'
import {
  DEFAULT_UTTERANCE_SETTINGS,
  UtteranceDetector,
  type UtteranceEvent,
} from '../../../backend/pipeline/utterance.ts'
import { joined, mixed, noise, recordings, silence, spoken } from '../../support/speech.ts'

/** Real speech through the real detector, with and without its energy gate. */

let gated: VoiceActivityDetector
let ungated: VoiceActivityDetector
let sentence: Int16Array

beforeAll(async () => {
  gated = await createSileroDetector()
  ungated = await createSileroDetector({ hasEnergyGate: false })
  sentence = await spoken('Tell me, what did you see at the harbour last night?')
})

afterAll(async () => {
  await gated[Symbol.asyncDispose]()
  await ungated[Symbol.asyncDispose]()
})

interface HeardUtterance {
  readonly startMs: number
  readonly endMs: number
}

/** The utterances in the audio, at default settings. */
async function utterancesIn(audio: Int16Array, detector: VoiceActivityDetector): Promise<HeardUtterance[]> {
  using vad = detector.openStream()
  let judged = deferred()
  const events: UtteranceEvent[] = []
  using utterances = new UtteranceDetector({
    vad: {
      async speechProbability(window) {
        const probability = await vad.speechProbability(window)
        judged.resolve()
        return probability
      },
      reset: () => vad.reset(),
      [Symbol.dispose]: () => undefined,
    },
    clock: systemClock,
    settings: DEFAULT_UTTERANCE_SETTINGS,
    onEvent: (event) => events.push(event),
  })
  utterances.start('hands_free')
  // As fast as it is judged: what comes faster than that would be dropped.
  for (let start = 0; start + VAD_WINDOW_SAMPLES <= audio.length; start += VAD_WINDOW_SAMPLES) {
    judged = deferred()
    utterances.push(audio.subarray(start, start + VAD_WINDOW_SAMPLES))
    await judged.promise
  }
  await utterances.stop()
  return events
    .filter((event) => event.type === 'utterance_ended')
    .map((event) => ({ startMs: event.utterance.speechStartedAtMs, endMs: event.speechEndedAtMs }))
}

/** Where the speech in a clip begins and ends, by its loudness. */
function soundOf(clip: Int16Array): HeardUtterance {
  const threshold = clip.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0) / 20
  const isLoud = (sample: number): boolean => Math.abs(sample) > threshold
  return { startMs: clip.findIndex(isLoud) / 16, endMs: clip.findLastIndex(isLoud) / 16 }
}

test('UtteranceDetector finds a sentence within 100 ms of where it begins and ends', async () => {
  const [utterance, ...others] = await utterancesIn(joined(silence(2000), sentence, silence(1500)), gated)
  const sound = soundOf(sentence)
  expect(others).toEqual([])
  expect(Math.abs((utterance?.startMs ?? 0) - 2000 - sound.startMs)).toBeLessThan(100)
  expect(Math.abs((utterance?.endMs ?? 0) - 2000 - sound.endMs)).toBeLessThan(100)
})

test('UtteranceDetector hears two sentences apart after a pause that ends the turn', async () => {
  const audio = joined(silence(1000), sentence, silence(800), sentence, silence(1000))
  expect(await utterancesIn(audio, gated)).toHaveLength(2)
})

test.each([30, 20, 10])(
  'the energy gate delays no onset when speech is %i dB above the noise',
  async (snrDb) => {
    const clips = [sentence, ...recordings().map(({ samples }) => samples)]
    for (const clip of clips) {
      const quiet = clip.map((sample) => sample / 8)
      const loudness = Math.sqrt(quiet.reduce((sum, sample) => sum + sample * sample, 0) / quiet.length)
      const speech = joined(silence(4000), quiet, silence(1000))
      const audio = mixed(speech, noise(speech.length / 16, loudness / 10 ** (snrDb / 20)))
      const [withGate] = await utterancesIn(audio, gated)
      const [without] = await utterancesIn(audio, ungated)
      expect(without).toBeDefined()
      expect(withGate?.startMs).toBeLessThanOrEqual((without?.startMs ?? 0) + 32)
    }
  },
)

test('UtteranceDetector finds human speech in every recording', async () => {
  for (const { samples } of recordings()) {
    const utterances = await utterancesIn(joined(silence(1000), samples, silence(1500)), gated)
    const spokenMs = utterances.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0)
    expect(spokenMs / (samples.length / 16)).toBeGreaterThan(0.6)
  }
})
