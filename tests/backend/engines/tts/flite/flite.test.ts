import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type VoiceSettings } from '#shared/entities.ts'
import { type SpokenWordTime, type Synthesizer } from '../../../../../backend/engines/contracts.ts'
import { createFliteSynthesizer } from '../../../../../backend/engines/tts/flite/flite.ts'
import { peakOf } from '../../../../../backend/lib/pcm.ts'
import { settled } from '../../../../fakes/fake-clock.ts'

describe('createFliteSynthesizer()', () => {
  let synthesizer: Synthesizer
  beforeAll(() => {
    synthesizer = createFliteSynthesizer()
  })
  afterAll(() => synthesizer[Symbol.asyncDispose]())

  async function speak(text: string, voice: VoiceSettings = {}) {
    const samples: number[] = []
    let words: readonly SpokenWordTime[] = []
    let firstWords: readonly SpokenWordTime[] | undefined
    for await (const chunk of synthesizer.synthesize({ text, voice }, new AbortController().signal)) {
      for (const sample of chunk.pcm) samples.push(sample)
      words = chunk.words ?? words
      firstWords ??= chunk.words ?? []
    }
    return { pcm: Int16Array.from(samples), words, firstWords: firstWords ?? [] }
  }

  test('says when its voices are warm', async () => {
    await vi.waitFor(() => expect(synthesizer.status().detail).toBe('Embedded English voices'), 20_000)
    expect(synthesizer.status().ready).toBe(true)
  })

  test.each(['rms', 'slt', 'awb', 'kal16'])(
    '%s is loud where words are and quiet in the pauses',
    async (voice) => {
      const { pcm, words } = await speak('Well now, my dear old friend; nobody knows.', {
        engine_voice: voice,
      })
      for (const { startSample, endSample } of words) {
        expect(levelOf(pcm, startSample, endSample)).toBeGreaterThan(500)
      }
      const [, now, , , , friend, nobody] = words
      for (const [before, after] of [
        [now, words[2]],
        [friend, nobody],
      ]) {
        const [from, to] = [before?.endSample ?? 0, after?.startSample ?? 0]
        expect(to - from).toBeGreaterThan(800)
        expect(levelOf(pcm, from + 320, to - 160)).toBeLessThan(400)
      }
    },
  )

  test.each(['rms', 'slt', 'awb', 'kal16'])(
    '%s starts and ends without long silence or clicks',
    async (voice) => {
      const { pcm, words } = await speak('Good evening.', { engine_voice: voice })
      expect(words[0]?.startSample).toBe(960)
      expect(pcm.length - (words.at(-1)?.endSample ?? 0)).toBe(2_560)
      expect(Math.abs(pcm[0] ?? 0) + Math.abs(pcm.at(-1) ?? 0)).toBeLessThan(10)
      expect(peakOf(pcm)).toBeGreaterThan(8_000)
      expect(peakOf(pcm)).toBeLessThanOrEqual(30_000)
    },
  )

  test('the voices are about equally loud', async () => {
    const levels: number[] = []
    for (const { id } of synthesizer.voices) {
      const { pcm, words } = await speak('I would really like to hear your story.', { engine_voice: id })
      levels.push(levelOf(pcm, words[0]?.startSample ?? 0, words.at(-1)?.endSample ?? 0))
    }
    expect(Math.max(...levels) / Math.min(...levels)).toBeLessThan(1.6)
  })

  test('speed changes how long it takes, and nothing else does', async () => {
    const text = 'I would really like to hear your story.'
    const normal = (await speak(text, { engine_voice: 'slt' })).pcm.length
    const fast = (await speak(text, { engine_voice: 'slt', speed: 1.5 })).pcm.length
    expect(fast / normal).toBeCloseTo(1 / 1.5, 1)
    const settings = [{ pitch: 1.2 }, { pitch: 0.8 }, { formant: 1.2 }, { formant: 0.8, pitch: 1.1 }]
    for (const setting of settings) {
      const { pcm } = await speak(text, { engine_voice: 'slt', ...setting })
      expect(Math.abs(pcm.length / normal - 1)).toBeLessThan(0.05)
    }
  })

  test.each([
    ['slt', { pitch: 0.8 }, 0.8],
    ['slt', { pitch: 1.15 }, 1.15],
    ['slt', { formant: 1.15 }, 1],
    ['awb', { pitch: 0.8, formant: 0.9 }, 0.8],
    ['kal16', { pitch: 1.4 }, 1.4],
    ['rms', { formant: 1.12 }, 1.12],
    ['rms', { pitch: 0.9 }, 0.9],
  ] as const)('%s with %j has %d times its pitch', async (engine_voice, setting, factor) => {
    const text = 'I would really like to hear your story.'
    const normal = pitchHzOf((await speak(text, { engine_voice })).pcm)
    const changed = pitchHzOf((await speak(text, { engine_voice, ...setting })).pcm)
    expect(Math.abs(changed / normal / factor - 1)).toBeLessThan(0.08)
  })

  test('first estimates, then knows the words of later pieces', async () => {
    const text =
      'I would really like to hear your story about the old dragon, if you have the time and the patience to ' +
      'tell it properly; nobody else in this house ever does.'
    const { pcm, words, firstWords } = await speak(text)
    expect(firstWords.map((word) => word.text)).toEqual(text.split(' '))
    expect(firstWords.slice(0, 10)).toEqual(words.slice(0, 10))
    expect(pcm.length - (words.at(-1)?.endSample ?? 0)).toBe(2_560)
    const estimate = firstWords.at(-1)?.endSample ?? 0
    expect(Math.abs(estimate / pcm.length - 1)).toBeLessThan(0.25)
  })

  test('says the same twice', async () => {
    const [first, second] = await Promise.all([speak('Good evening.'), speak('Good evening.')])
    expect(first).toEqual(second)
  })
})

test('createFliteSynthesizer() can be cancelled while it still starts', async () => {
  await using synthesizer = createFliteSynthesizer({ workers: 1 })
  const controller = new AbortController()
  const request = { text: 'Well.', voice: {} }
  const sound = synthesizer.synthesize(request, controller.signal)[Symbol.asyncIterator]()
  const outcome = sound.next().catch((error: unknown) => error)
  const reason = new Error('the user spoke')
  controller.abort(reason)
  expect(await Promise.race([outcome, settled()])).toBe(reason)
})

test('createFliteSynthesizer() can be cancelled where there is nothing to pronounce for long', async () => {
  await using synthesizer = createFliteSynthesizer({ workers: 1 })
  const controller = new AbortController()
  const request = { text: '😀 '.repeat(20_000), voice: {} }
  await vi.waitFor(() => expect(synthesizer.status().detail).toBe('Embedded English voices'), 20_000)
  const sound = synthesizer.synthesize(request, controller.signal)[Symbol.asyncIterator]()
  const outcome = sound.next().catch((error: unknown) => error)
  await settled()
  const reason = new Error('the user spoke')
  controller.abort(reason)
  expect(await outcome).toBe(reason)
})

function levelOf(pcm: Int16Array, from: number, to: number): number {
  const part = pcm.subarray(from, to)
  return Math.sqrt(part.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, part.length))
}

/** The median over voiced frames, by autocorrelation. */
function pitchHzOf(pcm: Int16Array): number {
  const FRAME = 640
  const found: number[] = []
  for (let at = 0; at + FRAME + 320 < pcm.length; at += FRAME) {
    const power = correlation(pcm, at, 0)
    let [best, bestLag] = [0.6, 0]
    for (let lag = 50; lag < 320; lag += 1) {
      const norm = Math.sqrt(power * correlation(pcm, at + lag, 0)) + 1
      const match = correlation(pcm, at, lag) / norm
      if (match > best + 0.02) [best, bestLag] = [match, lag]
    }
    if (bestLag > 0 && power / FRAME > 1e6) found.push(16_000 / bestLag)
  }
  return found.toSorted((a, b) => a - b)[Math.floor(found.length / 2)] ?? 0

  function correlation(samples: Int16Array, start: number, lag: number): number {
    let sum = 0
    for (let index = start; index < start + FRAME; index += 1)
      sum += (samples[index] ?? 0) * (samples[index + lag] ?? 0)
    return sum
  }
}
