import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type ProtocolClient } from '../../support/protocol-client.ts'
import { startTestApp } from '../../support/test-app.ts'

const CHARACTER = { name: 'Clara', description: 'A clockmaker' }

function closeOf(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => socket.once('close', resolve))
}

function refusal(url: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, { headers })
    socket.once('unexpected-response', (_request, response) => {
      resolve(response.statusCode)
      socket.terminate()
    })
    socket.once('open', () => {
      resolve(undefined)
      socket.terminate()
    })
    socket.once('error', () => {})
  })
}

async function answerTo(client: ProtocolClient, text: string): Promise<unknown> {
  const from = client.received.length
  client.socket.send(text)
  return client.event('error', { from })
}

describe('the socket', () => {
  it('greets with where the client is', async () => {
    await using app = await startTestApp()
    await using client = await app.connect()
    const [ready] = client.events('ready')
    expect(ready?.data.active_characters.map(({ name }) => name)).toHaveLength(4)
    expect(ready?.data.engines.llm.name).toBe('fake')
    expect(ready?.seq).toBe(1)
    expect(client.faults).toEqual([])
  })

  it('answers what is not of the protocol with bad_message, and stays open', async () => {
    await using app = await startTestApp()
    await using client = await app.connect()
    const bad = { data: { code: 'bad_message' } }
    expect(await answerTo(client, 'not json')).toMatchObject(bad)
    expect(await answerTo(client, '[]')).toMatchObject(bad)
    expect(await answerTo(client, 'null')).toMatchObject(bad)
    expect(await answerTo(client, '{"type":"dance","id":"7"}')).toMatchObject({ id: '7', ...bad })
    expect(await answerTo(client, '{"type":"constructor"}')).toMatchObject(bad)
    expect(await answerTo(client, '{"type":"user_message","id":"8","data":{"text":5}}')).toMatchObject({
      id: '8',
      ...bad,
    })
    expect(
      await answerTo(client, `{"type":"user_message","data":{"text":"${'x'.repeat(32_001)}"}}`),
    ).toMatchObject(bad)
    const from = client.received.length
    client.socket.send(Buffer.alloc(33))
    expect(await client.event('error', { from })).toMatchObject(bad)
    client.send('ping', {}, 'p')
    expect(await client.event('pong')).toMatchObject({ id: 'p' })
  })

  it('numbers its text frames without a gap', async () => {
    await using app = await startTestApp()
    await using client = await app.connect()
    client.send('user_message', { text: 'Hello' })
    await client.event('turn_ended')
    const seqs = client.received.flatMap((one) => (one.type === 'event' ? [one.event.seq] : []))
    expect(seqs).toEqual(seqs.map((_, index) => index + 1))
  })

  it('ignores an empty message', async () => {
    await using app = await startTestApp()
    await using client = await app.connect()
    client.send('user_message', { text: '   ' })
    client.send('ping')
    await client.event('pong')
    expect(client.events('turn_started')).toEqual([])
    expect(client.events('error')).toEqual([])
  })

  it('tells a change to all other connections, without an id', async () => {
    await using app = await startTestApp()
    await using one = await app.connect()
    await using other = await app.connect()
    one.send('create_character', CHARACTER, 'c1')
    const answer = await one.event('character_created')
    const told = await other.event('character_created')
    expect(answer).toMatchObject({ id: 'c1', data: { id: 'clara-001', name: 'Clara' } })
    expect(told.id).toBeUndefined()
    expect(told.data).toEqual(answer.data)
    expect(one.events('character_created')).toHaveLength(1)
  })

  it('tells the messages of a turn to those who are in the same conversation, and to nobody else', async () => {
    await using app = await startTestApp()
    await using speaker = await app.connect()
    await using listener = await app.connect()
    await using stranger = await app.connect()
    speaker.send('user_message', { text: 'Hello' })
    await speaker.event('turn_ended')
    const { data } = await listener.event('conversation_created')
    listener.send('open_conversation', { conversation_id: data.conversation_id })
    await listener.event('conversation_opened')
    const from = speaker.received.length
    speaker.send('user_message', { text: 'Are you there?' })
    await speaker.event('turn_ended', { from })
    stranger.send('ping')
    await stranger.event('pong')
    expect(listener.events('message_created').map((event) => event.data.role)).toEqual(['user', 'assistant'])
    expect(stranger.events('message_created')).toEqual([])
    expect(speaker.events('message_created')).toEqual([])
  })

  it('lets a client come back with its token before the loss of its line was noticed', async () => {
    await using app = await startTestApp()
    await using lost = await app.connect()
    const [first] = lost.events('ready')
    await using again = await app.connect()
    again.send('hello', { resume_token: first?.data.resume_token }, 'h')
    const ready = await again.event('ready', { where: ({ id }) => id === 'h' })
    expect(ready.data.conversation_id).toBe(first?.data.conversation_id)
  })

  it('answers a failed request with db_error', async () => {
    await using app = await startTestApp()
    await using client = await app.connect()
    client.send('get_character', { id: 'nobody-001' }, 'x')
    expect(await client.event('db_error')).toMatchObject({ id: 'x', data: { code: 'not_found' } })
  })

  it('opens a conversation, comes back to it, and starts a fresh one with the same cast', async () => {
    await using app = await startTestApp()
    await using client = await app.connect()
    client.send('create_conversation', { title: 'Tea', active_characters: ['nora-001', 'hugo-001'] })
    const { data } = await client.event('conversation_created')
    client.send('open_conversation', { conversation_id: data.conversation_id }, 'o')
    const opened = await client.event('conversation_opened')
    expect(opened).toMatchObject({ id: 'o', data: { messages: [] } })
    expect(opened.data.active_characters.map(({ id }) => id)).toEqual(['nora-001', 'hugo-001'])

    await using later = await app.connect()
    later.send('hello', { conversation_id: data.conversation_id }, 'h')
    const ready = await later.event('ready', { where: ({ id }) => id === 'h' })
    expect(ready.data.conversation_id).toBe(data.conversation_id)

    client.send('clear_history', {}, 'f')
    const cleared = await client.event('history_cleared')
    expect(cleared.data.conversation_id).not.toBe(data.conversation_id)
    client.send('refresh_active_characters')
    const cast = await client.event('active_characters')
    expect(cast.data.characters.map(({ id }) => id)).toEqual(['nora-001', 'hugo-001'])
    client.send('open_conversation', { conversation_id: 'gone' }, 'g')
    expect(await client.event('error')).toMatchObject({ id: 'g', data: { code: 'not_found' } })
  })

  it('lets a client that lost its connection come back with its token', async () => {
    await using app = await startTestApp()
    const client = await app.connect()
    const [first] = client.events('ready')
    client.send('model_settings', { temperature: 0.3 }, 'm')
    expect(await client.event('model_settings_updated')).toMatchObject({
      id: 'm',
      data: { temperature: 0.3 },
    })
    client.send('user_message', { text: 'Hello' })
    await client.event('turn_ended')
    await client[Symbol.asyncDispose]()
    await using again = await app.connect()
    again.send('hello', { resume_token: first?.data.resume_token }, 'h')
    const ready = await again.event('ready', { where: ({ id }) => id === 'h' })
    expect(ready.data.conversation_id).toBe(first?.data.conversation_id)
    expect(ready.data.model_settings).toEqual({ temperature: 0.3 })
  })

  it('says a stored message again without asking the model or changing the history', async () => {
    await using app = await startTestApp()
    await using client = await app.connect()
    client.send('user_message', { text: 'Hello' })
    await client.event('turn_ended')
    const before = client.events('text_stream_stop')
    const from = client.received.length
    client.send('speak_message', { message_id: before[0]?.data.message_id })
    const again = await client.event('audio_stream_stop', { from })
    expect(again.data.message_id).toBe(before[0]?.data.message_id)
    expect(client.events('text_stream_stop')).toEqual(before)
  })

  it('lets a character go on when asked to', async () => {
    await using app = await startTestApp()
    await using client = await app.connect()
    client.send('user_message', { text: 'Hello' })
    await client.event('turn_ended')
    const from = client.received.length
    client.send('continue_message')
    expect(await client.event('turn_ended', { from })).toMatchObject({ data: { outcome: 'completed' } })
  })
})

describe('the door', () => {
  it('refuses pages of other origins and names that are not ours', async () => {
    await using app = await startTestApp()
    const port = new URL(app.url).port
    expect(await refusal(app.wsUrl, { origin: 'https://evil.example' })).toBe(403)
    expect(await refusal(app.wsUrl, { host: 'evil.example' })).toBe(403)
    expect(await refusal(app.wsUrl, { origin: 'null' })).toBe(403)
    expect(await refusal(app.wsUrl, { origin: `http://127.0.0.1:${port}` })).toBeUndefined()
    expect(
      (await fetch(`${app.url}/api/characters`, { headers: { origin: 'https://evil.example' } })).status,
    ).toBe(403)
  })

  it('asks for the token where one is set, in any of the three places', async () => {
    await using app = await startTestApp({ token: 'open-sesame' })
    expect(await closeOf(new WebSocket(app.wsUrl))).toBe(4401)
    expect(await closeOf(new WebSocket(`${app.wsUrl}?token=wrong`))).toBe(4401)
    expect(await refusal(`${app.wsUrl}?token=open-sesame`, {})).toBeUndefined()
    const status = async (headers: Record<string, string>) =>
      (await fetch(`${app.url}/api/voices`, { headers })).status
    expect(await status({})).toBe(401)
    expect(await status({ authorization: 'Bearer open-sesame' })).toBe(200)
    expect(await status({ cookie: 'troupe_token=open-sesame' })).toBe(200)
    expect((await fetch(`${app.url}/health`)).status).toBe(200)
  })

  it('does not take messages larger than a card with its lore', async () => {
    await using app = await startTestApp()
    const client = await app.connect()
    const closed = closeOf(client.socket)
    client.socket.send('x'.repeat(9 * 1024 * 1024))
    expect(await closed).toBe(1009)
  })

  it('drops a flood and says so once', async () => {
    await using app = await startTestApp()
    await using client = await app.connect()
    for (let message = 0; message < 4_000; message++) client.send('ping')
    expect(await client.event('error')).toMatchObject({ data: { code: 'rate_limited' } })
    client.send('ping', {}, 'last')
    expect(client.events('pong').length).toBeLessThan(4_000)
  })

  it('cuts off a client that does not read', async () => {
    await using app = await startTestApp()
    await using client = await app.connect()
    const big = { ...CHARACTER, description: 'x'.repeat(190_000) }
    client.send('create_character', big)
    await client.event('character_created')
    client.socket.pause()
    const closed = closeOf(client.socket)
    for (let request = 0; request < 250; request++) client.send('get_characters')
    await using other = await app.connect()
    other.send('ping')
    await other.event('pong')
    const connections = async () =>
      /troupe_connections (\d+)/.exec(await (await fetch(`${app.url}/metrics`)).text())?.[1]
    for (let tries = 0; tries < 100 && (await connections()) !== '1'; tries++) other.send('ping')
    expect(await connections()).toBe('1')
    client.socket.resume()
    await closed
  })

  it('answers REST from the same handlers, and tells sockets what changed', async () => {
    await using app = await startTestApp()
    await using client = await app.connect()
    const response = await fetch(`${app.url}/api/characters`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(CHARACTER),
    })
    expect(response.status).toBe(201)
    expect((await client.event('character_created')).data).toEqual(await response.json())
    const broken = await fetch(`${app.url}/api/characters`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    })
    expect(broken.status).toBe(400)
    expect(await broken.json()).toMatchObject({ code: 'bad_message' })
  })

  it('shows health and metrics', async () => {
    await using app = await startTestApp()
    expect(await (await fetch(`${app.url}/health`)).json()).toMatchObject({
      status: 'ok',
      engines: { llm: { name: 'fake', ready: true }, vad: {}, stt: {}, tts: {} },
    })
    expect(await (await fetch(`${app.url}/metrics`)).text()).toContain('troupe_connections 0')
  })
})
