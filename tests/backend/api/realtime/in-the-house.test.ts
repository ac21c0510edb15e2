import { OpenAIRealtimeWebSocket, RealtimeAgent, RealtimeSession } from '@openai/agents-realtime'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { startTestApp, type TestApp } from '../../../support/test-app.ts'
import { ToldEvents } from '../../../support/told-events.ts'

/** The door where it stands: behind the guards of the whole server. */

const TOKEN = 'a-long-secret'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ token: TOKEN })
})
afterAll(async () => app[Symbol.asyncDispose]())

function socketUrl(): string {
  return `${app.url.replace('http', 'ws')}/v1/realtime?model=character:nora`
}

it('a program on the agents SDK shows the token as its key, and is answered', async () => {
  const session = new RealtimeSession(new RealtimeAgent({ name: 'Helper' }), {
    transport: new OpenAIRealtimeWebSocket(),
    model: 'character:nora',
  })
  const events = new ToldEvents()
  session.on('transport_event', (event) => events.take(event))
  await session.connect({ apiKey: TOKEN, url: socketUrl() })
  session.sendMessage('Good evening')
  expect(await events.event('response.done')).toMatchObject({ response: { status: 'completed' } })
  session.close()
})

it('a page shows a key that was made for it among its subprotocols', async () => {
  const made = await fetch(`${app.url}/v1/realtime/client_secrets`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: '{"session":{"type":"realtime","model":"character:nora"}}',
  })
  const { value } = await made.json()
  const socket = new WebSocket(socketUrl(), ['realtime', `openai-insecure-api-key.${value}`])
  const events = new ToldEvents()
  socket.on('message', (data: Buffer) => events.take(JSON.parse(data.toString())))
  expect(await events.event('session.created')).toMatchObject({ session: { type: 'realtime' } })
  socket.close()
})

it('nobody makes keys or opens sockets without the token', async () => {
  const refused = await fetch(`${app.url}/v1/realtime/client_secrets`, { method: 'POST' })
  expect(refused.status).toBe(401)
  const socket = new WebSocket(socketUrl(), { headers: { authorization: 'Bearer wrong' } })
  socket.on('error', () => {})
  const status = await new Promise((resolve) =>
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode)),
  )
  expect(status).toBe(401)
})

it('leaves nothing in the library', async () => {
  const before = await app.store.conversations.list({ limit: 100 })
  const socket = new WebSocket(socketUrl(), { headers: { authorization: `Bearer ${TOKEN}` } })
  const events = new ToldEvents()
  socket.on('message', (data: Buffer) => events.take(JSON.parse(data.toString())))
  await events.event('session.created')
  socket.send(JSON.stringify({ type: 'response.create' }))
  await events.event('response.done')
  socket.close()
  expect(await app.store.conversations.list({ limit: 100 })).toEqual(before)
})
