import { expect, test, vi } from 'vitest'
import { type SpeechChunk, type Synthesizer } from '../../../../backend/engines/contracts.ts'
import { createOpenAiSynthesizer } from '../../../../backend/engines/tts/openai.ts'
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
