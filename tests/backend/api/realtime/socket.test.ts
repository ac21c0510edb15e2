import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type RealtimeApp, startRealtimeApp } from '../../../support/realtime-app.ts'

/** The door as a bare socket sees it: keys, names, dialects. */

let app: RealtimeApp
let guarded: RealtimeApp
beforeAll(async () => {
  app = await startRealtimeApp()
  guarded = await startRealtimeApp({ token: 'a-long-secret' })
})
afterAll(async () => {
  await app[Symbol.asyncDispose]()
  await guarded[Symbol.asyncDispose]()
})

interface Opening {
  readonly protocols?: string[]
  readonly headers?: Record<string, string>
}

interface Told {
  readonly type: string
  readonly [field: string]: unknown
}

class BareClient implements AsyncDisposable {
  readonly told: Told[] = []
  readonly socket: WebSocket
  readonly closed: Promise<number>
  /** The status of an opening that was refused. */
  readonly refused: Promise<number>

  constructor(url: string, { protocols = [], headers = {} }: Opening = {}) {
    this.socket = new WebSocket(url, protocols, { headers })
    this.socket.on('message', (data) => this.told.push(JSON.parse(String(data))))
    this.socket.on('error', () => {})
    this.closed = new Promise((resolve) => this.socket.on('close', resolve))
    this.refused = new Promise((resolve) =>
      this.socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0)),
    )
  }

  send(event: Record<string, unknown>): void {
    this.socket.send(JSON.stringify(event))
  }

  async event(type: string): Promise<Told> {
    await expect.poll(() => this.told.map((event) => event.type)).toContain(type)
    const found = this.told.find((event) => event.type === type)
    if (!found) throw new Error(`No ${type}`)
    return found
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.close()
    await this.closed
  }
}

describe('a Realtime socket', () => {
  it('begins with the session, however the client shows its key', async () => {
    const key = 'a-long-secret'
    const { socketUrl } = guarded
    const url = `${socketUrl}?model=character:nora`
    await using byQuery = new BareClient(`${url}&token=${key}`)
    expect(await byQuery.event('session.created')).toMatchObject({ session: { type: 'realtime' } })
  })

  it('is refused without the right key', async () => {
    const url = `${guarded.socketUrl}?model=character:nora`
    const client = new BareClient(url, { headers: { authorization: 'Bearer wrong' } })
    expect(await client.refused).toBe(401)
    const expired = new BareClient(url, { headers: { authorization: 'Bearer ek_never' } })
    expect(await expired.refused).toBe(401)
  })

  it('opens with a client secret shown as browsers show it, and never says the key back', async () => {
    const session = { type: 'realtime', model: 'character:nora', instructions: 'Be brief.' }
    const response = await fetch(`${guarded.httpUrl}/v1/realtime/client_secrets`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ session, expires_after: { anchor: 'created_at', seconds: 60 } }),
    })
    const secret = await response.json()
    expect(secret).toMatchObject({
      value: expect.stringMatching(/^ek_/),
      session: { instructions: 'Be brief.' },
    })
    const protocols = ['realtime', `openai-insecure-api-key.${secret.value}`]
    await using client = new BareClient(guarded.socketUrl, { protocols })
    expect(await client.event('session.created')).toMatchObject({ session: { instructions: 'Be brief.' } })
    expect(client.socket.protocol).toBe('realtime')
  })

  it('agrees on no key, in whatever order they are named', async () => {
    const protocols = ['openai-insecure-api-key.anything', 'realtime']
    await using client = new BareClient(`${app.socketUrl}?model=character:nora`, { protocols })
    await client.event('session.created')
    expect(client.socket.protocol).toBe('realtime')
  })

  it('says who is there when somebody is asked for who is not', async () => {
    const client = new BareClient(`${app.socketUrl}?model=character:nobody`)
    expect(await client.event('error')).toMatchObject({
      error: { code: 'model_not_found', message: expect.stringContaining('character:nora') },
    })
    expect(await client.closed).toBe(4000)
  })

  it('answers programs that can only ask for models of OpenAI', async () => {
    await using client = new BareClient(`${app.socketUrl}?model=gpt-4o-realtime-preview`)
    const { session } = await client.event('session.created')
    expect(session).toMatchObject({ model: expect.stringMatching(/^character:/) })
  })

  it('takes what is sent before the session has begun', async () => {
    await using client = new BareClient(`${app.socketUrl}?model=character:nora`)
    client.socket.on('open', () => client.send({ type: 'input_audio_buffer.clear' }))
    await client.event('input_audio_buffer.cleared')
    expect(client.told[0]?.type).toBe('session.created')
  })

  it('stays open when it is sent garbage', async () => {
    await using client = new BareClient(`${app.socketUrl}?model=character:nora`)
    await client.event('session.created')
    client.socket.send('{"type":')
    expect(await client.event('error')).toMatchObject({ error: { code: 'invalid_json' } })
    client.send({ type: 'input_audio_buffer.clear' })
    await client.event('input_audio_buffer.cleared')
  })

  it('gives every event an id of its own', async () => {
    await using client = new BareClient(`${app.socketUrl}?model=character:nora`)
    await client.event('session.created')
    client.send({ type: 'response.create', response: { output_modalities: ['text'] } })
    await client.event('response.done')
    const ids = client.told.map((event) => event['event_id'])
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.every((id) => /^event_/.test(String(id)))).toBe(true)
  })
})

describe('the beta dialect', () => {
  const headers = { 'openai-beta': 'realtime=v1' }

  it('has the names of the beta', async () => {
    await using client = new BareClient(`${app.socketUrl}?model=character:nora`, { headers })
    expect(await client.event('session.created')).toMatchObject({
      session: { modalities: ['audio', 'text'], input_audio_format: 'pcm16', output_audio_format: 'pcm16' },
    })
    client.send({
      type: 'session.update',
      session: { input_audio_format: 'g711_ulaw', turn_detection: null, instructions: 'Be brief.' },
    })
    expect(await client.event('session.updated')).toMatchObject({
      session: { input_audio_format: 'g711_ulaw', turn_detection: null, instructions: 'Be brief.' },
    })
    const content = [{ type: 'text', text: 'Earlier' }]
    client.send({ type: 'conversation.item.create', item: { type: 'message', role: 'assistant', content } })
    expect(await client.event('conversation.item.created')).toMatchObject({
      item: { content: [{ type: 'text', text: 'Earlier' }] },
    })
    client.send({ type: 'response.create', response: { modalities: ['text', 'audio'] } })
    const { response } = await client.event('response.done')
    expect(response).toMatchObject({
      modalities: ['audio', 'text'],
      output: [{ content: [{ type: 'audio' }] }],
    })
    const types = new Set(client.told.map(({ type }) => type))
    for (const type of ['response.audio.delta', 'response.audio_transcript.delta', 'response.audio.done']) {
      expect(types).toContain(type)
    }
    expect([...types].filter((type) => type.includes('output_audio') || type.endsWith('item.added'))).toEqual(
      ['response.output_item.added'],
    )
  })

  it('has sessions of transcription of its own', async () => {
    await using client = new BareClient(`${app.socketUrl}?intent=transcription`, { headers })
    await client.event('transcription_session.created')
    const session = { input_audio_transcription: { model: 'whisper-1', language: 'en' } }
    client.send({ type: 'transcription_session.update', session })
    expect(await client.event('transcription_session.updated')).toMatchObject({
      session: { input_audio_transcription: { model: 'whisper-1', language: 'en' } },
    })
  })

  it('gives out keys with the session around them', async () => {
    const response = await fetch(`${app.httpUrl}/v1/realtime/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'character:nora', voice: 'alloy', modalities: ['text'] }),
    })
    expect(await response.json()).toMatchObject({
      modalities: ['text'],
      client_secret: { value: expect.stringMatching(/^ek_/) },
    })
  })
})
