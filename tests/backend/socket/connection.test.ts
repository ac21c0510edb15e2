import { once } from 'node:events'
import { type IncomingMessage } from 'node:http'
import { type AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { Connection } from '../../../backend/socket/connection.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'

const cleanUps: (() => void)[] = []

afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp()
})

/** Both ends of a real socket. */
async function setUp() {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
  await once(server, 'listening')
  const address: AddressInfo | string | null = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const accepted = new Promise<[WebSocket, IncomingMessage]>((resolve) => {
    server.once('connection', (socket, request) => resolve([socket, request]))
  })
  const client = new WebSocket(`ws://127.0.0.1:${port}`)
  const seen: string[] = []
  client.on('message', (data: Buffer, isBinary) => seen.push(isBinary ? 'audio' : data.toString()))
  const [socket, { socket: stream }] = await accepted
  if (client.readyState !== client.OPEN) await once(client, 'open')
  const clock = new FakeClock()
  const connection = new Connection({ clock, socket, stream, onOverflow: () => {} })
  cleanUps.push(() => {
    client.terminate()
    server.close()
  })
  const received = async (count: number): Promise<string[]> => {
    while (seen.length < count) await once(client, 'message')
    return seen
  }
  return { clock, connection, stream, received }
}

function pong(seq: number): string {
  return JSON.stringify({ type: 'pong', data: {}, seq })
}

const FRAME = { epoch: 1, stream: 1, seq: 0, offset: 0, isLast: false, pcm: new Int16Array(4) }

test('what is sent in one go leaves in one write, in its order', async () => {
  const { connection, stream, received } = await setUp()
  connection.send({ type: 'pong', data: {} })
  connection.sendAudio(FRAME)
  await Promise.resolve()
  connection.send({ type: 'pong', data: {} })
  expect(stream.writableCorked).toBe(1)
  expect(await received(3)).toEqual([pong(1), 'audio', pong(2)])
  expect(stream.writableCorked).toBe(0)
})

test('news leave with what is sent next, before it', async () => {
  const { clock, connection, received } = await setUp()
  connection.sendSoon({ type: 'pong', data: {} })
  connection.sendAudio(FRAME)
  expect(await received(2)).toEqual([pong(1), 'audio'])
  expect(clock.pendingTimers).toBe(0)
})

test('news that nothing follows leave alone, in a moment', async () => {
  const { clock, connection, received } = await setUp()
  connection.sendSoon({ type: 'pong', data: {} })
  connection.sendSoon({ type: 'pong', data: {} })
  await clock.advance(25)
  expect(await received(2)).toEqual([pong(1), pong(2)])
})

test('a closed connection keeps no news and no timer', async () => {
  const { clock, connection } = await setUp()
  connection.sendSoon({ type: 'pong', data: {} })
  connection.close()
  expect(clock.pendingTimers).toBe(0)
})
