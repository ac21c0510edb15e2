import { expect, test } from 'vitest'
import { type ServerEvent } from '#shared/protocol/events.ts'
import { createClient, openClient, readyEvent } from '../support/fake-server.ts'

const line = { character_id: 'nora-001', character_name: 'Nora', message_id: 'm1' }

function textChunk(epoch: number, text: string): ServerEvent {
  return { type: 'text_chunk', data: { ...line, epoch, text, is_final: false } }
}

function frame(epoch: number) {
  return { epoch, stream: 1, seq: 0, offset: 0, isLast: false, pcm: new Int16Array(4) }
}

test('connect() counts as open once the server has greeted', () => {
  const { client, server } = createClient()
  client.connect()
  server.accept()
  expect(client.status.name).toBe('connecting')
  server.say(readyEvent())
  expect(client.status.name).toBe('open')
})

test('request() resolves with the answer that carries its id', async () => {
  const { client, server } = openClient()
  const first = client.request('get_voices', {})
  const second = client.request('get_characters', {})
  const [voices, characters] = server.sent
  server.say({ type: 'characters_data', id: characters?.id, data: [] })
  server.say({ type: 'voices_data', id: voices?.id, data: [] })
  await expect(second).resolves.toEqual([])
  await expect(first).resolves.toEqual([])
})

test('request() rejects with the code and sentence of a db_error', async () => {
  const { client, server } = openClient()
  const answer = client.request('get_character', { id: 'nobody' })
  const id = server.sent[0]?.id
  server.say({ type: 'db_error', id, error: 'Cannot find character "nobody"', data: { code: 'not_found' } })
  await expect(answer).rejects.toMatchObject({ code: 'not_found', message: 'Cannot find character "nobody"' })
})

test('request() rejects when the answer has another type than was asked for', async () => {
  const { client, server } = openClient()
  const answer = client.request('get_voices', {})
  server.say({ type: 'characters_data', id: server.sent[0]?.id, data: [] })
  await expect(answer).rejects.toMatchObject({ code: 'bad_message' })
})

test('request() gives up after 30 seconds', async () => {
  const { client, server, clock } = openClient()
  const answer = client.request('get_voices', {})
  clock.advance(20_000)
  server.say({ type: 'pong', data: {} })
  clock.advance(10_000)
  await expect(answer).rejects.toMatchObject({ code: 'timeout' })
})

test('ask() resolves with the answer of a command', async () => {
  const { client, server } = openClient()
  const answer = client.ask('clear_history', {})
  server.say({ type: 'history_cleared', id: server.sent[0]?.id, data: { conversation_id: 'fresh-2' } })
  await expect(answer).resolves.toEqual({ conversation_id: 'fresh-2' })
})

test('pending requests are rejected when the line breaks, and not sent again', async () => {
  const { client, server, clock } = openClient()
  const answer = client.request('get_voices', {})
  server.hangUp()
  await expect(answer).rejects.toMatchObject({ code: 'offline' })
  clock.advance(500)
  server.accept()
  expect(server.sent.filter(({ type }) => type === 'get_voices')).toHaveLength(1)
})

test('request() and send() do not pretend while there is no line', async () => {
  const { client, server } = createClient()
  await expect(client.request('get_voices', {})).rejects.toMatchObject({ code: 'offline' })
  expect(client.send('interrupt', {})).toBeNull()
  client.sendAudio(new Int16Array(320))
  expect([...server.sent, ...server.sentAudio]).toEqual([])
})

test('a broken line is opened again with growing patience', () => {
  const { client, server, clock } = openClient()
  server.hangUp()
  expect(client.status).toEqual({ name: 'reconnecting', attempt: 1 })
  clock.advance(499)
  expect(server.urls).toHaveLength(1)
  clock.advance(1)
  server.hangUp()
  expect(client.status).toEqual({ name: 'reconnecting', attempt: 2 })
  clock.advance(1_000)
  expect(server.urls).toHaveLength(3)
})

test('hurry() tries again at once', () => {
  const { client, server } = openClient()
  server.hangUp()
  client.hurry()
  client.hurry()
  expect(server.urls).toHaveLength(2)
})

test('a client that comes back says who it was, what it has and where it was, and waits for that answer', () => {
  const { client, server, clock } = openClient()
  const sessions: string[] = []
  client.on('ready', ({ data }) => sessions.push(data.session_id))
  server.say({ type: 'turn_started', data: { epoch: 1, user_message_id: 'm1', responders: [] } })
  server.hangUp()
  clock.advance(500)
  server.accept()
  const hello = server.lastSent('hello')
  expect(hello?.data).toEqual({ resume_token: 'resume-1', last_seq: 2, conversation_id: 'fresh-1' })
  server.say(readyEvent({ session_id: 'unasked' }))
  expect([client.status.name, sessions]).toEqual(['reconnecting', []])
  server.say({ ...readyEvent(), id: hello?.id ?? '' })
  expect([client.status.name, sessions]).toEqual(['open', ['session-1']])
})

test('a conversation that was never stored is not asked for by its id', () => {
  const { server, clock } = openClient()
  server.hangUp()
  clock.advance(500)
  server.accept()
  expect(server.lastSent('hello')?.data).toEqual({ resume_token: 'resume-1', last_seq: 1 })
})

test('the reason of a failed request is told to who asked, and not to listeners for errors', async () => {
  const { client, server } = openClient()
  const seen: string[] = []
  client.on('error', ({ data }) => seen.push(data.message))
  const answer = client.ask('clear_history', {})
  server.say({ type: 'error', id: server.sent[0]?.id, data: { code: 'internal', message: 'Asked' } })
  server.say({ type: 'error', data: { code: 'internal', message: 'Unasked' } })
  await expect(answer).rejects.toThrow('Asked')
  expect(seen).toEqual(['Unasked'])
})

test('a refused greeting starts a session over', () => {
  const { client, server, clock } = openClient()
  server.hangUp()
  clock.advance(500)
  server.accept()
  const id = server.lastSent('hello')?.id
  server.say({ type: 'error', id, data: { code: 'not_found', message: 'No such session' } })
  server.accept()
  server.say(readyEvent({ session_id: 'session-2' }))
  expect(client.status.name).toBe('open')
})

test('a silent line is asked for a sign of life after 15 s and given up 10 s later', () => {
  const { client, server, clock } = openClient()
  clock.advance(15_000)
  expect(server.lastSent('ping')).toBeDefined()
  clock.advance(9_999)
  expect(client.status.name).toBe('open')
  clock.advance(1)
  expect(client.status.name).toBe('reconnecting')
})

test('anything that arrives is a sign of life', () => {
  const { client, server, clock } = openClient()
  clock.advance(24_000)
  server.play(frame(1))
  clock.advance(14_000)
  expect(client.status.name).toBe('open')
})

test('close code 4401 means that a token is wanted: no further attempt until connect()', () => {
  const { client, server, clock } = openClient()
  server.hangUp(4401)
  clock.advance(60_000)
  expect([client.status.name, server.urls.length]).toEqual(['unauthorized', 1])
  client.connect()
  expect(server.urls).toHaveLength(2)
})

test('frames that are not of this protocol are dropped and told once', () => {
  const { client, server, badFrames } = openClient()
  const seen: string[] = []
  client.on('pong', () => seen.push('pong'))
  server.sayRaw('{')
  server.sayRaw('{"type":"pong"}')
  server.playRaw(new ArrayBuffer(3))
  server.say({ type: 'pong', data: {} })
  expect([seen, badFrames.length]).toEqual([['pong'], 1])
})

test('nothing of an acknowledged turn passes, text or sound, but the news of its end does', () => {
  const { client, server } = openClient()
  const seen: string[] = []
  client.on('text_chunk', ({ data }) => seen.push(`text ${data.epoch}`))
  client.on('turn_ended', ({ data }) => seen.push(`end ${data.epoch}`))
  client.onAudio(({ epoch }) => seen.push(`sound ${epoch}`))
  server.say(textChunk(1, 'a'))
  server.say({ type: 'interrupt_ack', data: { epoch: 1 } })
  server.say(textChunk(1, 'b'))
  server.play(frame(1))
  server.say({ type: 'turn_ended', data: { epoch: 1, outcome: 'interrupted', metrics: {} } })
  server.say(textChunk(2, 'c'))
  server.play(frame(2))
  expect(seen).toEqual(['text 1', 'end 1', 'text 2', 'sound 2'])
})

test('interrupt() silences what was seen before the server has heard of it', () => {
  const { client, server } = openClient()
  const seen: number[] = []
  const silenced: number[] = []
  client.onAudio(({ epoch }) => seen.push(epoch))
  client.onSilenced((epoch) => silenced.push(epoch))
  server.play(frame(4))
  client.interrupt()
  server.play(frame(4))
  expect([seen, silenced, server.lastSent('interrupt')?.type]).toEqual([[4], [4], 'interrupt'])
})

test('a new session counts its turns from the beginning', () => {
  const { client, server, clock } = openClient()
  const seen: number[] = []
  client.onAudio(({ epoch }) => seen.push(epoch))
  server.say({ type: 'interrupt_ack', data: { epoch: 9 } })
  server.hangUp()
  clock.advance(500)
  server.accept()
  server.say({ ...readyEvent({ session_id: 'session-2' }), id: server.lastSent('hello')?.id ?? '' })
  server.play(frame(1))
  expect(seen).toEqual([1])
})

test('a resumed session keeps what was acknowledged', () => {
  const { client, server, clock } = openClient()
  const seen: number[] = []
  client.onAudio(({ epoch }) => seen.push(epoch))
  server.say({ type: 'interrupt_ack', data: { epoch: 9 } })
  server.hangUp()
  clock.advance(500)
  server.accept()
  server.say({ ...readyEvent(), id: server.lastSent('hello')?.id ?? '' })
  server.play(frame(9))
  expect(seen).toEqual([])
})

test('sendAudio() drops speech that the network cannot follow', () => {
  const { client, server } = openClient()
  client.sendAudio(new Int16Array(320))
  server.line.bufferedBytes = 70_000
  client.sendAudio(new Int16Array(320))
  expect(server.sentAudio.map((bytes) => bytes.byteLength)).toEqual([640])
})
