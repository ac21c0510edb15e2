import { OpenAI } from 'openai'
import { OpenAIRealtimeWS as BetaRealtimeWS } from 'openai/beta/realtime/ws'
import { OpenAIRealtimeWS } from 'openai/realtime/ws'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FakeLanguageModel } from '../../../fakes/fake-language-model.ts'
import { quickEngines, type RealtimeApp, startRealtimeApp } from '../../../support/realtime-app.ts'

/** OpenAI's own client, as it comes from npm. It speaks TLS only. */

const TOKEN = 'a-long-secret'
const MODEL = 'character:nora'
/** 1 s of loud sound, 24 kHz. */
const SPEECH = Buffer.from(new Int16Array(24_000).fill(8_000).buffer).toString('base64')
const SILENCE = Buffer.from(new Int16Array(24_000).buffer).toString('base64')

let app: RealtimeApp
let model: FakeLanguageModel
let client: OpenAI
beforeAll(async () => {
  const engines = quickEngines()
  model = engines.model
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }])
  app = await startRealtimeApp({ engines, token: TOKEN, https: { key, cert } })
  client = new OpenAI({ apiKey: TOKEN, baseURL: `${app.httpUrl}/v1` })
})
afterAll(async () => app[Symbol.asyncDispose]())

interface Told {
  readonly type: string
  readonly [field: string]: unknown
}

/** What a program of either dialect is told. */
class Ears {
  readonly told: Told[] = []
  readonly errors: unknown[] = []

  take(event: unknown): void {
    this.told.push(Object(event))
  }

  get types(): string[] {
    return this.told.map(({ type }) => type)
  }

  async event(type: string, times = 1): Promise<Told> {
    await expect
      .poll(() => this.told.filter((event) => event.type === type).length)
      .toBeGreaterThanOrEqual(times)
    const found = this.told.filter((event) => event.type === type)[times - 1]
    if (!found) throw new Error(`No ${type}`)
    return found
  }
}

const options = { rejectUnauthorized: false }

async function current(name = MODEL) {
  const socket = new OpenAIRealtimeWS({ model: name, options }, client)
  const ears = new Ears()
  socket.on('event', (event) => ears.take(event))
  socket.on('error', (error) => ears.errors.push(error))
  return { socket, ears, [Symbol.dispose]: () => socket.close() }
}

async function beta() {
  const socket = new BetaRealtimeWS({ model: MODEL, options }, client)
  const ears = new Ears()
  socket.on('event', (event) => ears.take(event))
  socket.on('error', (error) => ears.errors.push(error))
  return { socket, ears, [Symbol.dispose]: () => socket.close() }
}

describe("OpenAI's own client", () => {
  it('opens a session over TLS, with its key', async () => {
    using line = await current()
    expect(await line.ears.event('session.created')).toMatchObject({
      session: { type: 'realtime', object: 'realtime.session', output_modalities: ['audio'] },
    })
  })

  it('is answered in text', async () => {
    using line = await current()
    await line.ears.event('session.created')
    line.socket.send({ type: 'session.update', session: { type: 'realtime', output_modalities: ['text'] } })
    const content = [{ type: 'input_text' as const, text: 'Hello' }]
    line.socket.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } })
    line.socket.send({ type: 'response.create' })
    expect(await line.ears.event('response.output_text.done')).toMatchObject({
      text: 'One two three. Four five six seven.',
    })
    expect(await line.ears.event('response.done')).toMatchObject({ response: { status: 'completed' } })
    expect(line.ears.errors).toEqual([])
  })

  it('speaks, and is answered in sound', async () => {
    using line = await current()
    await line.ears.event('session.created')
    line.socket.send({ type: 'input_audio_buffer.append', audio: SPEECH })
    line.socket.send({ type: 'input_audio_buffer.append', audio: SILENCE })
    await line.ears.event('response.done')
    expect(line.ears.types.indexOf('input_audio_buffer.speech_started')).toBeGreaterThan(0)
    const deltas = line.ears.told.filter(({ type }) => type === 'response.output_audio.delta')
    const bytes = deltas.reduce((sum, { delta }) => sum + Buffer.from(String(delta), 'base64').length, 0)
    expect(bytes).toBe(7 * 100 * 48)
  })

  it('commits by itself where no turns are detected', async () => {
    using line = await current()
    await line.ears.event('session.created')
    const session = { type: 'realtime' as const, audio: { input: { turn_detection: null } } }
    line.socket.send({ type: 'session.update', session })
    line.socket.send({ type: 'input_audio_buffer.append', audio: SPEECH })
    line.socket.send({ type: 'input_audio_buffer.commit' })
    line.socket.send({ type: 'response.create' })
    await line.ears.event('response.done')
    expect(JSON.stringify(model.requests.at(-1)?.messages)).toContain('good morning to you all')
  })

  it('asks something beside the conversation', async () => {
    using line = await current()
    await line.ears.event('session.created')
    line.socket.send({
      type: 'response.create',
      response: {
        conversation: 'none',
        metadata: { purpose: 'topic' },
        output_modalities: ['text'],
        input: [],
      },
    })
    expect(await line.ears.event('response.done')).toMatchObject({
      response: { metadata: { purpose: 'topic' }, conversation_id: null },
    })
    expect(line.ears.types).not.toContain('conversation.item.added')
  })

  it('cancels, and is told of it', async () => {
    model.plan({ deltas: ['One two three. '], ending: 'stall' })
    using line = await current()
    await line.ears.event('session.created')
    line.socket.send({ type: 'response.create' })
    await line.ears.event('response.output_audio.delta')
    line.socket.send({ type: 'response.cancel' })
    expect(await line.ears.event('response.done')).toMatchObject({
      response: { status: 'cancelled', status_details: { reason: 'client_cancelled' } },
    })
    await expect.poll(() => model.openCalls).toBe(0)
  })

  it('hears of its own mistakes, and stays', async () => {
    using line = await current()
    await line.ears.event('session.created')
    line.socket.send({ type: 'conversation.item.delete', item_id: 'nobody', event_id: 'mine' })
    expect(await line.ears.event('error')).toMatchObject({
      error: { type: 'invalid_request_error', code: 'item_not_found', event_id: 'mine' },
    })
    line.socket.send({ type: 'input_audio_buffer.clear' })
    await line.ears.event('input_audio_buffer.cleared')
  })

  it('gets keys for pages', async () => {
    // Node's fetch takes no certificate of ours: that the client has the address right is what is asked here.
    const asked: string[] = []
    const fetching = new OpenAI({
      apiKey: TOKEN,
      baseURL: `${app.httpUrl}/v1`,
      maxRetries: 0,
      fetch: (url) => {
        asked.push(String(url))
        return Promise.resolve(Response.json({ value: 'ek_1', expires_at: 1, session: { type: 'realtime' } }))
      },
    })
    await fetching.realtime.clientSecrets.create({ session: { type: 'realtime' } })
    expect(asked).toEqual([`${app.httpUrl}/v1/realtime/client_secrets`])
  })

  it('is refused with the wrong key', async () => {
    const wrong = new OpenAI({ apiKey: 'wrong-key', baseURL: `${app.httpUrl}/v1` })
    const socket = new OpenAIRealtimeWS({ model: MODEL, options }, wrong)
    const error = await new Promise<Error>((resolve) => socket.on('error', resolve))
    expect(error.message).toContain('401')
  })
})

describe("OpenAI's client of the beta", () => {
  it('gets a session with the names of the beta', async () => {
    using line = await beta()
    expect(await line.ears.event('session.created')).toMatchObject({
      session: {
        modalities: ['audio', 'text'],
        input_audio_format: 'pcm16',
        max_response_output_tokens: 'inf',
      },
    })
  })

  it('types and hears', async () => {
    using line = await beta()
    await line.ears.event('session.created')
    const content = [{ type: 'input_text' as const, text: 'Hello' }]
    line.socket.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } })
    line.socket.send({ type: 'response.create' })
    expect(await line.ears.event('response.audio_transcript.done')).toMatchObject({
      transcript: 'One two three. Four five six seven.',
    })
    await line.ears.event('response.done')
    expect(line.ears.types.filter((type) => type === 'conversation.item.created')).toHaveLength(2)
    expect(line.ears.errors).toEqual([])
  })

  it('reads', async () => {
    using line = await beta()
    await line.ears.event('session.created')
    line.socket.send({ type: 'session.update', session: { modalities: ['text'], temperature: 0.7 } })
    expect(await line.ears.event('session.updated')).toMatchObject({
      session: { modalities: ['text'], temperature: 0.7 },
    })
    line.socket.send({ type: 'response.create' })
    expect(await line.ears.event('response.text.done')).toMatchObject({
      text: expect.stringContaining('One'),
    })
    expect(await line.ears.event('response.done')).toMatchObject({
      response: { output: [{ content: [{ type: 'text' }] }] },
    })
  })

  it('is understood while it speaks', async () => {
    using line = await beta()
    await line.ears.event('session.created')
    line.socket.send({
      type: 'session.update',
      session: { input_audio_transcription: { model: 'whisper-1' } },
    })
    line.socket.send({ type: 'input_audio_buffer.append', audio: SPEECH })
    line.socket.send({ type: 'input_audio_buffer.append', audio: SILENCE })
    expect(await line.ears.event('conversation.item.input_audio_transcription.completed')).toMatchObject({
      transcript: 'good morning to you all',
    })
    await line.ears.event('response.done')
  })
})
