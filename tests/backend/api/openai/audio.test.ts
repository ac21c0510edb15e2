import { toFile } from 'openai'
import { describe, expect, test } from 'vitest'
import { CharacterDraft, VoiceDraft } from '#shared/entities.ts'
import { type RecordingFile } from '../../../../backend/engines/contracts.ts'
import { AppError } from '../../../../backend/errors.ts'
import { systemClock } from '../../../../backend/lib/clock.ts'
import { samplesOf } from '../../../../backend/lib/pcm.ts'
import { decodeWav, encodeWav } from '../../../../backend/lib/wav.ts'
import { FakeSynthesizer } from '../../../fakes/fake-synthesizer.ts'
import { FakeTranscriber } from '../../../fakes/fake-transcriber.ts'
import { openAiDoor } from '../../../support/open-ai-door.ts'

/** What the official client makes of the voices and the ears behind the OpenAI door. */

const synthesizer = (): FakeSynthesizer =>
  new FakeSynthesizer({ clock: systemClock, ttfbMs: 0, sampleRate: 16_000 })

async function eventsOf(response: Response): Promise<Record<string, unknown>[]> {
  const frames = (await response.text()).split('\n\n').filter((frame) => frame.startsWith('data: '))
  return frames.map((frame) => Object(JSON.parse(frame.slice('data: '.length))))
}

describe('speech', () => {
  test('comes as raw sound at 24 kHz, and as WAV', async () => {
    const engine = synthesizer()
    await using door = await openAiDoor({ engines: { synthesizer: engine } })
    const speech = { model: 'tts-1', voice: 'fake', input: 'Hello there.' }
    const pcm = await door.client.audio.speech.create({ ...speech, response_format: 'pcm' })
    expect(pcm.headers.get('content-type')).toBe('audio/pcm')
    const samples = samplesOf(new Uint8Array(await pcm.arrayBuffer()))
    const wav = await door.client.audio.speech.create({ ...speech, response_format: 'wav' })
    const file = decodeWav(new Uint8Array(await wav.arrayBuffer()))
    expect(file.sampleRate).toBe(24_000)
    expect(file.samples).toEqual(samples)
    expect(samples).toHaveLength(4_800)
    expect(engine.openCalls).toBe(0)
  })

  test('comes as events, with what it took', async () => {
    await using door = await openAiDoor({ engines: { synthesizer: synthesizer() } })
    const response = await door.client.audio.speech.create({
      model: 'tts-1',
      voice: 'fake',
      input: 'Hello there.',
      response_format: 'pcm',
      stream_format: 'sse',
    })
    const events = await eventsOf(response)
    const deltas = events.filter(({ type }) => type === 'speech.audio.delta')
    const bytes = Buffer.concat(deltas.map(({ audio }) => Buffer.from(String(audio), 'base64')))
    const whole = await door.client.audio.speech.create({
      model: 'tts-1',
      voice: 'fake',
      input: 'Hello there.',
      response_format: 'pcm',
    })
    expect(bytes.equals(Buffer.from(await whole.arrayBuffer()))).toBe(true)
    expect(events.at(-1)).toMatchObject({
      type: 'speech.audio.done',
      usage: { output_tokens: expect.any(Number) },
    })
  })

  test('is in the voice that was asked for: of the engine, of the library, of a character, of OpenAI', async () => {
    const engine = synthesizer()
    await using door = await openAiDoor({ engines: { synthesizer: engine } })
    const spoken = async (voice: string): Promise<unknown> => {
      const more = { speed: 1.5, instructions: 'warm', response_format: 'pcm' as const }
      const response = await door.client.audio.speech.create({ model: 'tts-1', voice, input: 'Hi.', ...more })
      await response.arrayBuffer()
      return engine.requests.at(-1)?.voice
    }
    const style = { speed: 1.5, style: 'warm' }
    const voice = await door.store.voices.create(
      VoiceDraft.parse({
        voice_name: 'Deep',
        method: 'fake',
        settings: { engine_voice: 'deep', pitch: 0.7 },
      }),
    )
    await door.store.characters.create(CharacterDraft.parse({ name: 'Nova', voice_id: voice.voice_id }))
    expect(await spoken('Fake')).toEqual({ engine_voice: 'fake', ...style })
    expect(await spoken('deep')).toEqual({ engine_voice: 'deep', pitch: 0.7, ...style })
    expect(await spoken(voice.voice_id)).toEqual({ engine_voice: 'deep', pitch: 0.7, ...style })
    expect(await spoken('character:nova')).toEqual({ engine_voice: 'deep', pitch: 0.7, ...style })
    expect(await spoken('onyx')).toEqual({ engine_voice: 'fake', ...style })
    await expect(spoken('nobody')).rejects.toMatchObject({ status: 400, param: 'voice' })
  })

  test('is refused where there is no encoder or nothing to say', async () => {
    await using door = await openAiDoor({ engines: { synthesizer: synthesizer() } })
    const { speech } = door.client.audio
    const asked = { model: 'tts-1', voice: 'fake', input: 'Hi.' }
    await expect(speech.create({ ...asked, response_format: 'flac' })).rejects.toMatchObject({
      status: 400,
      param: 'response_format',
    })
    await expect(speech.create({ ...asked, input: '' })).rejects.toMatchObject({
      status: 400,
      param: 'input',
    })
    await expect(speech.create({ ...asked, speed: 9 })).rejects.toMatchObject({ status: 400, param: 'speed' })
  })

  test('fails with a status, and stops when the client leaves', async () => {
    const failing = new FakeSynthesizer({
      clock: systemClock,
      ttfbMs: 0,
      chunksBeforeFault: 0,
      failOn: () => new AppError('engine_unavailable', 'The voice is away'),
    })
    await using door = await openAiDoor({ engines: { synthesizer: failing } })
    const asked = { model: 'tts-1', voice: 'fake', input: 'Hi.', response_format: 'pcm' as const }
    await expect(door.client.audio.speech.create(asked)).rejects.toMatchObject({ status: 503 })
    const stalling = new FakeSynthesizer({
      clock: systemClock,
      ttfbMs: 0,
      stallOn: () => true,
      chunksBeforeFault: 1,
    })
    await using other = await openAiDoor({ engines: { synthesizer: stalling } })
    const response = await other.client.audio.speech.create({ ...asked, input: 'One two three four.' })
    await response.body?.cancel()
    await expect.poll(() => stalling.openCalls).toBe(0)
  })

  test('has a list of voices that programs can show', async () => {
    await using door = await openAiDoor({ engines: { synthesizer: synthesizer() } })
    await door.store.voices.create(VoiceDraft.parse({ voice_name: 'Deep' }))
    const { id } = await door.store.characters.create(CharacterDraft.parse({ name: 'Nova' }))
    const { voices } = Object(await (await fetch(`${door.url}/v1/audio/voices`)).json())
    expect(voices.map(({ name }: { name: string }) => name)).toEqual(['Fake', 'Deep', 'Nova'])
    expect(voices.at(-1).id).toBe(`character:${id}`)
    const { models } = Object(await (await fetch(`${door.url}/v1/audio/models`)).json())
    expect(models).toHaveLength(1)
  })
})

/** Two sentences with a pause between them. */
function twoSentences(sampleRate = 16_000): Uint8Array<ArrayBuffer> {
  const samples = new Int16Array(sampleRate * 4).fill(8_000)
  samples.fill(0, 0, sampleRate * 0.5)
  samples.fill(0, sampleRate * 1.5, sampleRate * 2.5)
  samples.fill(0, sampleRate * 3.5)
  return Uint8Array.from(encodeWav({ sampleRate, samples }))
}

function listening(...texts: readonly string[]): FakeTranscriber {
  const transcriber = new FakeTranscriber({ clock: systemClock }, { text: 'Good morning to you all.' })
  transcriber.plan(...texts.map((text) => ({ text })))
  return transcriber
}

describe('transcriptions', () => {
  test('come as JSON and as text', async () => {
    const transcriber = listening()
    await using door = await openAiDoor({ engines: { transcriber } })
    const file = await toFile(twoSentences(44_100), 'speech.wav')
    const asked = { file, model: 'whisper-1' }
    expect(await door.client.audio.transcriptions.create(asked)).toEqual({
      text: 'Good morning to you all.',
      usage: { type: 'duration', seconds: 4 },
    })
    expect(transcriber.heardSamples).toEqual([64_000])
    const text = await door.client.audio.transcriptions.create({ ...asked, response_format: 'text' })
    expect(text).toBe('Good morning to you all.\n')
    expect(transcriber.openSessions).toBe(0)
  })

  test('tell when what was said', async () => {
    await using door = await openAiDoor({
      engines: { transcriber: listening('First one.', 'And a second.') },
    })
    const file = await toFile(twoSentences(), 'speech.wav')
    const told = await door.client.audio.transcriptions.create({
      file,
      model: 'whisper-1',
      response_format: 'verbose_json',
      timestamp_granularities: ['word', 'segment'],
      language: 'de',
    })
    expect(told).toMatchObject({ text: 'First one. And a second.', language: 'german', duration: 4 })
    expect(told.segments).toMatchObject([
      { id: 0, text: ' First one.' },
      { id: 1, text: ' And a second.' },
    ])
    const [first, second] = told.segments ?? []
    expect(first?.start).toBeCloseTo(0.25, 1)
    expect(first?.end).toBeCloseTo(1.75, 1)
    expect(second?.start).toBeCloseTo(2.25, 1)
    expect(told.words?.map(({ word }) => word)).toEqual(['First', 'one.', 'And', 'a', 'second.'])
  })

  test('come as subtitles', async () => {
    const transcriber = listening('First one.', 'And a second.', 'First one.', 'And a second.')
    await using door = await openAiDoor({ engines: { transcriber } })
    const asked = async (response_format: 'srt' | 'vtt'): Promise<unknown> => {
      const file = await toFile(twoSentences(), 'speech.wav')
      return door.client.audio.transcriptions.create({ file, model: 'whisper-1', response_format })
    }
    expect(await asked('srt')).toMatch(
      /^1\n00:00:00,2\d\d --> 00:00:01,7\d\d\nFirst one\.\n\n2\n00:00:02,\d{3} --> 00:00:03,\d{3}\nAnd a second\.\n\n$/,
    )
    expect(await asked('vtt')).toMatch(/^WEBVTT\n\n00:00:00\.2\d\d --> 00:00:01\.7\d\d\nFirst one\.\n\n/)
  })

  test('stream sentence by sentence', async () => {
    await using door = await openAiDoor({
      engines: { transcriber: listening('First one.', 'And a second.') },
    })
    const file = await toFile(twoSentences(), 'speech.wav')
    const stream = await door.client.audio.transcriptions.create({ file, model: 'whisper-1', stream: true })
    const events = []
    for await (const event of stream) events.push(event)
    expect(events).toMatchObject([
      { type: 'transcript.text.delta', delta: 'First one.' },
      { type: 'transcript.text.delta', delta: ' And a second.' },
      { type: 'transcript.text.done', text: 'First one. And a second.' },
    ])
  })

  test('translate what is English already', async () => {
    await using door = await openAiDoor({ engines: { transcriber: listening() } })
    const file = await toFile(twoSentences(), 'speech.wav')
    expect(await door.client.audio.translations.create({ file, model: 'whisper-1' })).toMatchObject({
      text: 'Good morning to you all.',
    })
  })

  test('of other formats go to a recogniser that reads them', async () => {
    const files: RecordingFile[] = []
    const transcriber = Object.assign(listening(), {
      transcribeFile: async (file: RecordingFile) => {
        files.push(file)
        if (file.hasTimes) throw new AppError('engine_rejected', 'Only json here')
        return { text: 'From afar.' }
      },
    })
    await using door = await openAiDoor({ engines: { transcriber } })
    const file = await toFile(Buffer.from('OggS, let us say'), 'speech.ogg')
    const asked = { file, model: 'whisper-1', language: 'de', prompt: 'Names: Nova' }
    expect(await door.client.audio.transcriptions.create(asked)).toEqual({ text: 'From afar.' })
    expect(files[0]).toMatchObject({
      name: 'speech.ogg',
      task: 'transcribe',
      language: 'de',
      prompt: 'Names: Nova',
    })
    expect(
      await door.client.audio.transcriptions.create({ ...asked, response_format: 'verbose_json' }),
    ).toMatchObject({
      text: 'From afar.',
    })
  })

  test('say what is wrong with a file', async () => {
    await using door = await openAiDoor({ engines: { transcriber: listening() } })
    const asked = async (bytes: Uint8Array, name: string): Promise<unknown> =>
      door.client.audio.transcriptions.create({ file: await toFile(bytes, name), model: 'whisper-1' })
    await expect(asked(Buffer.from('ID3, let us say'), 'speech.mp3')).rejects.toMatchObject({ status: 415 })
    await expect(asked(twoSentences().subarray(0, 30), 'speech.wav')).rejects.toMatchObject({
      status: 400,
      param: 'file',
    })
    await expect(asked(new Uint8Array(26 * 1024 * 1024), 'speech.wav')).rejects.toMatchObject({ status: 413 })
    const bare = await fetch(`${door.url}/v1/audio/transcriptions`, { method: 'POST', body: new FormData() })
    expect(bare.status).toBe(400)
    const json = await fetch(`${door.url}/v1/audio/transcriptions`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    })
    expect(json.status).toBe(400)
  })
})
