import { describe, expect, test, vi } from 'vitest'
import { Speaking, VoiceDraft } from '#shared/entities.ts'
import { type Transcriber } from '../../../backend/engines/contracts.ts'
import { AppError } from '../../../backend/errors.ts'
import { systemClock } from '../../../backend/lib/clock.ts'
import { decodeWav, encodeWav } from '../../../backend/lib/wav.ts'
import { FakeSynthesizer, levelOfVoice } from '../../fakes/fake-synthesizer.ts'
import { startTestApp, type TestApp } from '../../support/test-app.ts'

interface Asked {
  readonly body: unknown
  readonly signal?: AbortSignal
}

function post(app: TestApp, verb: string, { body, ...init }: Asked): Promise<Response> {
  return fetch(`${app.url}/api/voices/${verb}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...init,
  })
}

const voiceOf = (engineVoice: string) => ({ method: 'fake', settings: { engine_voice: engineVoice } })
const synthesizerThat = (options: Partial<ConstructorParameters<typeof FakeSynthesizer>[0]>) =>
  new FakeSynthesizer({ clock: systemClock, ttfbMs: 0, ...options })

describe('GET /api/voices/engines', () => {
  test('tells which voices the engine has and what it can do', async () => {
    await using app = await startTestApp()
    const engines: unknown = await (await fetch(`${app.url}/api/voices/engines`)).json()
    expect(engines).toEqual([
      {
        engine: 'fake',
        can_clone: true,
        honours: ['speed', 'pitch', 'formant', 'style'],
        voices: [{ id: 'fake', name: 'Fake' }],
        problem: null,
      },
    ])
  })

  test('says what is known, and why it may not be all, when the engine cannot be asked', async () => {
    const synthesizer = Object.assign(synthesizerThat({}), {
      listVoices: () => Promise.reject(new AppError('engine_unavailable', 'It is down')),
    })
    await using app = await startTestApp({ engines: { synthesizer } })
    const engines: unknown = await (await fetch(`${app.url}/api/voices/engines`)).json()
    expect(engines).toMatchObject([{ voices: [{ id: 'fake' }], problem: 'It is down' }])
  })

  test('needs the token, where one is needed', async () => {
    await using app = await startTestApp({ token: 'open-sesame' })
    expect((await fetch(`${app.url}/api/voices/engines`)).status).toBe(401)
    expect((await post(app, 'preview', { body: { text: 'Hi' } })).status).toBe(401)
  })
})

describe('POST /api/voices/preview', () => {
  test('says a text in a voice that is not kept yet, and how long the first sound took', async () => {
    await using app = await startTestApp()
    const response = await post(app, 'preview', { body: { text: 'One two three', voice: voiceOf('Draft') } })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('audio/wav')
    expect(response.headers.get('server-timing')).toMatch(/^first-audio;dur=\d+$/)
    const { sampleRate, samples } = decodeWav(new Uint8Array(await response.arrayBuffer()))
    expect(sampleRate).toBe(16_000)
    expect(samples).toHaveLength(3 * 1_600)
    expect(new Set(samples)).toEqual(new Set([levelOfVoice({ engine_voice: 'Draft' })]))
  })

  test('reads a text as a character reads it: narrator, silence, pronunciations', async () => {
    const synthesizer = synthesizerThat({})
    await using app = await startTestApp({ engines: { synthesizer } })
    const narrator = await app.store.voices.create(
      VoiceDraft.parse({ voice_name: 'Narrator', ...voiceOf('Narrator') }),
    )
    const speaking = Speaking.parse({
      narration: 'other',
      narration_voice_id: narrator.voice_id,
      actions: 'silent',
      pronunciations: [{ written: 'there', spoken: 'zere' }],
      language: 'en-GB',
    })
    const text = 'She smiles. *waves* “Hello there!”'
    await (await post(app, 'preview', { body: { text, voice: voiceOf('Nora'), speaking } })).arrayBuffer()
    expect(synthesizer.requests).toMatchObject([
      { text: 'She smiles.', voice: { engine_voice: 'Narrator' }, language: 'en-GB' },
      { text: '“Hello zere!”', voice: { engine_voice: 'Nora' }, language: 'en-GB' },
    ])
  })

  test('sends sound while the rest is still being made, and stops making it when nobody listens', async () => {
    const synthesizer = synthesizerThat({ realTimeFactor: 1, wordMs: 1_000 })
    await using app = await startTestApp({ engines: { synthesizer } })
    const leaving = new AbortController()
    const text = 'One two three four five six seven eight nine'
    const response = await post(app, 'preview', {
      body: { text, voice: voiceOf('Draft') },
      signal: leaving.signal,
    })
    const first = await response.body?.getReader().read()
    expect(first?.value?.length).toBeGreaterThan(0)
    expect(synthesizer.openCalls).toBe(1)
    leaving.abort()
    await vi.waitFor(() => expect(synthesizer.openCalls).toBe(0))
  })

  test('tells what went wrong in words', async () => {
    const synthesizer = synthesizerThat({ failOn: () => new AppError('engine_failed', 'It lost its voice') })
    await using app = await startTestApp({ engines: { synthesizer } })
    const failed = await post(app, 'preview', { body: { text: 'Hello', voice: voiceOf('Draft') } })
    expect(await failed.json()).toEqual({ error: 'It lost its voice', code: 'engine_failed' })
    for (const body of [
      {},
      { text: '' },
      { text: 'x'.repeat(1_001) },
      { text: 'Hi', voice: { settings: 7 } },
    ]) {
      expect((await post(app, 'preview', { body })).status).toBe(422)
    }
    const silent = await post(app, 'preview', { body: { text: '…', voice: voiceOf('Draft') } })
    expect(await silent.json()).toMatchObject({ code: 'invalid' })
  })

  test('is not done without end', async () => {
    await using app = await startTestApp()
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        post(app, 'preview', { body: { text: 'Hello', voice: voiceOf('Draft') } }),
      ),
    )
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(0)
  })
})

describe('POST /api/voices/transcribe', () => {
  test('tells what is said in a recording', async () => {
    const transcriber = counting()
    await using app = await startTestApp({ engines: { transcriber } })
    const samples = new Int16Array(24_000 * 2).fill(100)
    const { url } = await app.media.addBytes(encodeWav({ sampleRate: 24_000, samples }))
    const answer = await post(app, 'transcribe', { body: { audio: url } })
    expect(await answer.json()).toEqual({ text: 'I heard 32000 samples.' })
  })

  test('refuses what is no recording, or too long', async () => {
    await using app = await startTestApp()
    const missing = await post(app, 'transcribe', { body: { audio: `/media/${'0'.repeat(64)}.wav` } })
    expect(missing.status).toBe(404)
    const samples = new Int16Array(8_000 * 61)
    const { url } = await app.media.addBytes(encodeWav({ sampleRate: 8_000, samples }))
    expect(await (await post(app, 'transcribe', { body: { audio: url } })).json()).toMatchObject({
      code: 'invalid',
    })
  })
})

/** Hears how much it is told. */
function counting(): Transcriber {
  return {
    name: 'counting',
    status: () => ({ name: 'counting', ready: true }),
    openSession: () => ({
      async *transcribe(audio) {
        let heard = 0
        for await (const { length } of audio) heard += length
        yield { type: 'final', text: ` I heard ${heard} samples. ` }
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}
