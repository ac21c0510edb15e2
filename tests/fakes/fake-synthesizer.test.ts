import { expect, test } from 'vitest'
import { type SpeechChunk } from '../../backend/engines/contracts.ts'
import { AppError } from '../../backend/errors.ts'
import { FakeClock } from './fake-clock.ts'
import { FakeSynthesizer, levelOfVoice, type FakeSynthesizerOptions } from './fake-synthesizer.ts'

/** Speaks on a fake clock and notes when each chunk came. */
function speak(text: string, options: Omit<FakeSynthesizerOptions, 'clock'> = {}) {
  const clock = new FakeClock()
  const controller = new AbortController()
  const synthesizer = new FakeSynthesizer({ clock, ...options })
  const heard: { readonly atMs: number; readonly chunk: SpeechChunk }[] = []
  const done = (async () => {
    const request = { text, voice: { engine_voice: 'nora' } }
    for await (const chunk of synthesizer.synthesize(request, controller.signal)) {
      heard.push({ atMs: clock.nowMs(), chunk })
    }
  })().catch((error: unknown) => error)
  return { clock, controller, synthesizer, heard, done }
}

test('FakeSynthesizer takes the time it is told to', async () => {
  const { clock, heard, synthesizer } = speak('one two three', {
    ttfbMs: 70,
    wordMs: 100,
    realTimeFactor: 0.5,
  })
  await clock.runUntilIdle()
  expect(heard.map(({ atMs }) => atMs)).toEqual([70, 120, 170])
  expect(heard.map(({ chunk }) => chunk.pcm.length)).toEqual([1_600, 1_600, 1_600])
  expect(synthesizer.openCalls).toBe(0)
})

test('FakeSynthesizer gives the times of all words with the first chunk', async () => {
  const { clock, heard } = speak('one — two', { wordMs: 50 })
  await clock.runUntilIdle()
  expect(heard[0]?.chunk.words).toEqual([
    { text: 'one', startSample: 0, endSample: 800 },
    { text: '—', startSample: 800, endSample: 800 },
    { text: 'two', startSample: 800, endSample: 1_600 },
  ])
})

test('FakeSynthesizer sounds different for each voice', async () => {
  const { clock, heard } = speak('one')
  await clock.runUntilIdle()
  expect(new Set(heard[0]?.chunk.pcm)).toEqual(new Set([levelOfVoice({ engine_voice: 'nora' })]))
  const levels = ['nora', 'felix', 'iris', 'hugo', undefined].map((name) =>
    levelOfVoice(name === undefined ? {} : { engine_voice: name }),
  )
  expect(new Set(levels).size).toBe(levels.length)
})

test('FakeSynthesizer fails or stalls after as many chunks as it is told to', async () => {
  const error = new AppError('engine_failed', 'It fails')
  const failing = speak('one two three', { failOn: () => error, chunksBeforeFault: 2 })
  await failing.clock.runUntilIdle()
  expect(await failing.done).toBe(error)
  expect(failing.heard).toHaveLength(2)

  const stalling = speak('one two three', { stallOn: (text) => text.includes('two'), chunksBeforeFault: 1 })
  await stalling.clock.runUntilIdle()
  expect(stalling.heard).toHaveLength(1)
  expect(stalling.synthesizer.openCalls).toBe(1)
  stalling.controller.abort(error)
  expect(await stalling.done).toBe(error)
  expect(stalling.synthesizer.openCalls).toBe(0)
})
