import { expect, test, vi } from 'vitest'
import {
  type SpeechChunk,
  type SpeechRequest,
  type Synthesizer,
} from '../../../../backend/engines/contracts.ts'
import {
  createOpenAiSynthesizer,
  type OpenAiSynthesizerOptions,
} from '../../../../backend/engines/tts/openai.ts'
import { bytesOf } from '../../../../backend/lib/pcm.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'
import { speaks, stallsAfter, startFakeSpeechServer } from '../../../support/fake-speech-server.ts'

const NEVER = new AbortController().signal
const SAMPLES = Int16Array.from({ length: 2_000 }, (_, index) => index - 1_000)

async function collect(synthesizer: Synthesizer, voice = {}): Promise<SpeechChunk[]> {
  const chunks: SpeechChunk[] = []
  for await (const chunk of synthesizer.synthesize({ text: 'Well.', voice }, NEVER)) chunks.push(chunk)
  return chunks
}

test('createOpenAiSynthesizer() asks for raw PCM with the voice and the speed', async () => {
  await using server = await startFakeSpeechServer(speaks(() => [bytesOf(SAMPLES)]))
  await using synthesizer = createOpenAiSynthesizer({
    baseUrl: server.baseUrl,
    apiKey: 'secret',
    model: 'tts-9',
  })
  await collect(synthesizer, { engine_voice: 'nova', speed: 1.5, pitch: 2 })
  expect(server.requests).toEqual([
    {
      path: '/v1/audio/speech',
      key: 'Bearer secret',
      body: { model: 'tts-9', input: 'Well.', voice: 'nova', response_format: 'pcm', speed: 1.5 },
    },
  ])
})

test('createOpenAiSynthesizer() leaves out the speed and takes its first voice where none is given', async () => {
  await using server = await startFakeSpeechServer(speaks(() => [bytesOf(SAMPLES)]))
  await using synthesizer = createOpenAiSynthesizer({ baseUrl: server.baseUrl, model: 'tts-1' })
  await collect(synthesizer)
  expect(server.requests[0]?.body).toEqual({
    model: 'tts-1',
    input: 'Well.',
    voice: synthesizer.voices[0]?.id,
    response_format: 'pcm',
  })
})

test.each([1, 3, 999, 4_000])(
  'createOpenAiSynthesizer() joins samples cut into parts of %i bytes',
  async (sizeBytes) => {
    const bytes = bytesOf(SAMPLES.subarray(0, sizeBytes * 20))
    const parts: Uint8Array[] = []
    for (let at = 0; at < bytes.length; at += sizeBytes) parts.push(bytes.subarray(at, at + sizeBytes))
    await using server = await startFakeSpeechServer(speaks(() => parts))
    await using synthesizer = createOpenAiSynthesizer({ baseUrl: server.baseUrl, model: 'tts-1' })
    const chunks = await collect(synthesizer)
    expect(chunks.flatMap(({ pcm }) => [...pcm])).toEqual([...SAMPLES.subarray(0, sizeBytes * 20)])
    expect(chunks.every(({ words }) => words === undefined)).toBe(true)
  },
)

test('createOpenAiSynthesizer() hands on sound while the server still speaks', async () => {
  await using server = await startFakeSpeechServer(stallsAfter(bytesOf(SAMPLES)))
  await using synthesizer = createOpenAiSynthesizer({ baseUrl: server.baseUrl, model: 'tts-1' })
  const sound = synthesizer.synthesize({ text: 'Well.', voice: {} }, NEVER)[Symbol.asyncIterator]()
  const first = await sound.next()
  expect(first.done).toBe(false)
  expect(server.openCalls()).toBe(1)
  await sound.return?.()
  await vi.waitFor(() => expect(server.openCalls()).toBe(0))
})

test('createOpenAiSynthesizer() closes the connection on the server when the signal aborts', async () => {
  await using server = await startFakeSpeechServer(stallsAfter(bytesOf(SAMPLES)))
  await using synthesizer = createOpenAiSynthesizer({ baseUrl: server.baseUrl, model: 'tts-1' })
  const controller = new AbortController()
  const request = { text: 'Well.', voice: {} }
  const sound = synthesizer.synthesize(request, controller.signal)[Symbol.asyncIterator]()
  await sound.next()
  controller.abort(new Error('the user spoke'))
  await expect(sound.next()).rejects.toThrow('the user spoke')
  await vi.waitFor(() => expect(server.openCalls()).toBe(0))
})

test('createOpenAiSynthesizer() measures its deadlines on the clock it is given', async () => {
  const clock = new FakeClock()
  await using server = await startFakeSpeechServer(stallsAfter(bytesOf(SAMPLES)))
  await using synthesizer = createOpenAiSynthesizer({
    baseUrl: server.baseUrl,
    model: 'tts-1',
    clock,
    firstByteTimeoutMs: 5_000,
    stallTimeoutMs: 2_000,
  })
  const sound = synthesizer.synthesize({ text: 'Well.', voice: {} }, NEVER)[Symbol.asyncIterator]()
  await sound.next()
  const stalled = sound.next().catch((error: unknown) => error)
  await clock.advance(2_000)
  expect(await stalled).toMatchObject({
    code: 'engine_timeout',
    message: expect.stringContaining('sent nothing for 2 s'),
  })
  expect(clock.pendingTimers).toBe(0)
  await vi.waitFor(() => expect(server.openCalls()).toBe(0))
})

test('createOpenAiSynthesizer() names model and server, but no key, in its status', async () => {
  await using synthesizer = createOpenAiSynthesizer({
    baseUrl: 'http://voices.example:8880/v1',
    apiKey: 'secret',
    model: 'kokoro',
  })
  expect(synthesizer.status()).toEqual({
    name: 'openai',
    ready: true,
    detail: 'kokoro, speech engine at voices.example:8880',
  })
})

const CLONE = { audio: 'ref_audio', text: 'ref_text', form: 'data_url' } as const
const readMedia = async () => ({ mime: 'audio/wav', bytes: Uint8Array.of(1, 2, 3) })
const LIKENESS = { audio: '/media/abc.wav', text: 'What I said.' }

async function bodyOf(
  options: Partial<OpenAiSynthesizerOptions>,
  request: Omit<SpeechRequest, 'text'>,
): Promise<unknown> {
  await using server = await startFakeSpeechServer(speaks(() => [bytesOf(SAMPLES)]))
  await using synthesizer = createOpenAiSynthesizer({ baseUrl: server.baseUrl, model: 'm', ...options })
  for await (const _chunk of synthesizer.synthesize({ text: 'Well.', ...request }, NEVER));
  return server.requests[0]?.body
}

test('createOpenAiSynthesizer() tells the server in words how it is to be said', async () => {
  const brief = { description: 'An old sailor.', scene: 'On deck, at night.' }
  const voice = { engine_voice: 'ash', style: 'hoarse, slow', speed: 1 }
  expect(await bodyOf({}, { voice, brief, language: 'de-AT' })).toEqual({
    model: 'm',
    input: 'Well.',
    voice: 'ash',
    response_format: 'pcm',
    instructions: 'An old sailor.\nOn deck, at night.\nhoarse, slow\nSpeak German.',
  })
})

test.each([
  ['code', 'de'],
  ['tag', 'de-AT'],
  ['name', 'German'],
] as const)(
  'createOpenAiSynthesizer() names the language as a %s where the server wants it',
  async (form, sent) => {
    const options = { language: { field: 'lang', form }, extra: { stream_format: 'audio' } }
    expect(await bodyOf(options, { voice: {}, language: 'de-AT' })).toEqual({
      model: 'm',
      input: 'Well.',
      voice: 'alloy',
      response_format: 'pcm',
      lang: sent,
      stream_format: 'audio',
    })
  },
)

test('createOpenAiSynthesizer() sends the recording of a cloned voice as the server wants it', async () => {
  const request = { voice: {}, brief: { description: '', scene: '', likeness: LIKENESS } }
  expect(await bodyOf({ clone: CLONE, readMedia }, request)).toEqual({
    model: 'm',
    input: 'Well.',
    response_format: 'pcm',
    ref_audio: 'data:audio/wav;base64,AQID',
    ref_text: 'What I said.',
  })
  const clone = { audio: 'prompt', text: 'prompt_text', form: 'base64', voice: 'clone' } as const
  expect(await bodyOf({ clone, readMedia }, request)).toMatchObject({
    voice: 'clone',
    prompt: 'AQID',
    prompt_text: 'What I said.',
  })
})

test('createOpenAiSynthesizer() sends no recording to a server that does not clone', async () => {
  const brief = { description: '', scene: '', likeness: LIKENESS }
  expect(await bodyOf({}, { voice: {}, brief })).toEqual({
    model: 'm',
    input: 'Well.',
    voice: 'alloy',
    response_format: 'pcm',
  })
})

test('createOpenAiSynthesizer() says so when the recording of a voice is gone', async () => {
  const brief = { description: '', scene: '', likeness: LIKENESS }
  await expect(bodyOf({ clone: CLONE }, { voice: {}, brief })).rejects.toMatchObject({
    code: 'engine_rejected',
  })
})

test('createOpenAiSynthesizer() asks the server for its voices, and speaks with the first of them', async () => {
  await using server = await startFakeSpeechServer(
    speaks(() => [bytesOf(SAMPLES)]),
    ['af_heart', 'bm_george'],
  )
  await using synthesizer = createOpenAiSynthesizer({ baseUrl: server.baseUrl, model: 'kokoro' })
  const listed = await synthesizer.listVoices(NEVER)
  expect(listed.map(({ id }) => id)).toEqual(['af_heart', 'bm_george'])
  expect(synthesizer.voices).toEqual(listed)
  await collect(synthesizer)
  expect(server.requests.at(-1)?.body).toMatchObject({ voice: 'af_heart' })
})

test('createOpenAiSynthesizer() knows the usual voices, or those it was told, where it cannot ask', async () => {
  await using server = await startFakeSpeechServer(speaks(() => [bytesOf(SAMPLES)]))
  await using usual = createOpenAiSynthesizer({ baseUrl: server.baseUrl, model: 'tts-1' })
  expect((await usual.listVoices(NEVER)).map(({ id }) => id)).toContain('alloy')
  await using told = createOpenAiSynthesizer({ baseUrl: server.baseUrl, model: 'x', voices: ['one', 'two'] })
  expect(await told.listVoices(NEVER)).toMatchObject([{ id: 'one' }, { id: 'two' }])
})

test('createOpenAiSynthesizer() says that a server is down when it is asked for its voices', async () => {
  const server = await startFakeSpeechServer(speaks(() => []))
  await server[Symbol.asyncDispose]()
  await using synthesizer = createOpenAiSynthesizer({ baseUrl: server.baseUrl, model: 'x' })
  await expect(synthesizer.listVoices(NEVER)).rejects.toMatchObject({ code: 'engine_unavailable' })
  await expect(synthesizer.listVoices(AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
})
