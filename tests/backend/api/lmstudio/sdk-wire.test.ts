import {
  constant,
  constantFrom,
  integer,
  json as anyJson,
  jsonValue,
  oneof,
  record,
  sample,
} from 'fast-check'
import { expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { HANG_MS } from '../../../support/hang.ts'
import { openLmStudioDoor } from '../../../support/other-doors.ts'

type Frame = Readonly<Record<string, unknown>>

/** A program that says what it likes. */
class RawClient {
  readonly #socket: WebSocket
  readonly #frames: Frame[] = []
  readonly closed: Promise<void>

  constructor(url: string, headers: Record<string, string> = {}) {
    this.#socket = new WebSocket(url.replace('http', 'ws'), { headers })
    this.#socket.on('message', (raw: Buffer) => this.#frames.push(JSON.parse(raw.toString())))
    this.#socket.on('error', () => {})
    this.closed = new Promise((resolve) => this.#socket.once('close', () => resolve()))
  }

  async say(...messages: readonly (object | string)[]): Promise<void> {
    if (this.#socket.readyState === WebSocket.CONNECTING) {
      await new Promise((resolve) => this.#socket.once('open', resolve))
    }
    for (const message of messages) {
      this.#socket.send(typeof message === 'string' ? message : JSON.stringify(message))
    }
  }

  /** The next frame that says all of this. */
  async hears(wanted: object): Promise<Frame> {
    const isIt = (frame: Frame): boolean =>
      Object.entries(wanted).every(([key, value]) => JSON.stringify(frame[key]) === JSON.stringify(value))
    const frame = await vi.waitUntil(() => this.#frames.find(isIt), { timeout: HANG_MS })
    this.#frames.splice(this.#frames.indexOf(frame), 1)
    return frame
  }

  leave(): void {
    this.#socket.terminate()
  }
}

const hello = { authVersion: 1, clientIdentifier: 'me', clientPasskey: 'any' }
const asked = {
  modelSpecifier: { type: 'query', query: { identifier: 'fake-model' } },
  history: { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] },
  predictionConfigStack: { layers: [] },
}

test('What cannot be read is said so, and the socket goes on', async () => {
  await using door = await openLmStudioDoor()
  const client = new RawClient(`${door.url}/llm`)
  await client.say(hello)
  await client.hears({ success: true })
  const garbage = [
    '{',
    'null',
    '[]',
    '7',
    { type: 'dance' },
    { type: 'rpcCall' },
    { type: 'rpcCall', endpoint: 5, callId: 1 },
  ]
  await client.say(
    ...garbage,
    '\u0000',
    { type: 'channelSend', channelId: 99, message: {} },
    { type: 'keepAlive' },
  )
  for (const _ of [...garbage, 'nul']) await client.hears({ type: 'communicationWarning' })
  await client.hears({ type: 'keepAliveAck' })
  await client.say({ type: 'rpcCall', endpoint: 'listLoaded', callId: 1 })
  expect(await client.hears({ type: 'rpcResult', callId: 1 })).toMatchObject({
    result: [{ identifier: 'fake-model' }],
  })
  client.leave()
})

test('What does not exist is answered with an error, whatever its name', async () => {
  await using door = await openLmStudioDoor()
  const client = new RawClient(`${door.url}/llm`)
  await client.say(hello)
  for (const [callId, endpoint] of ['toString', '__proto__', 'constructor', 'nope'].entries()) {
    await client.say({ type: 'rpcCall', endpoint, callId, parameter: {} })
    const { error } = await client.hears({ type: 'rpcError', callId })
    expect(error).toMatchObject({ title: `Troupe has no "${endpoint}"` })
  }
  await client.say({ type: 'channelCreate', endpoint: 'nope', channelId: 1, creationParameter: {} })
  await client.hears({ type: 'channelError', channelId: 1 })
  await client.say({ type: 'signalSubscribe', endpoint: 'nope', subscribeId: 1, creationParameter: {} })
  await client.hears({ type: 'signalError', subscribeId: 1 })
  await client.say({ type: 'rpcCall', endpoint: 'getModelInfo', callId: 9, parameter: { specifier: 'x' } })
  await client.hears({ type: 'rpcError', callId: 9 })
  await client.say({
    type: 'channelCreate',
    endpoint: 'predict',
    channelId: 2,
    creationParameter: { history: [] },
  })
  await client.hears({ type: 'channelError', channelId: 2 })
  client.leave()
})

test('Who does not say who they are is not let in', async () => {
  await using door = await openLmStudioDoor()
  for (const first of ['{', { type: 'keepAlive' }, { ...hello, authVersion: 2 }]) {
    const client = new RawClient(`${door.url}/llm`)
    await client.say(first)
    expect(await client.hears({ success: false })).toHaveProperty('error')
    await client.closed
  }
})

test('A token is shown as the passkey, or in a header', async () => {
  await using door = await openLmStudioDoor({ token: 'open-sesame' })
  const stranger = new RawClient(`${door.url}/llm`)
  await stranger.say(hello)
  const refusal = await stranger.hears({ success: false })
  expect(refusal['error']).toContain('token')
  const friend = new RawClient(`${door.url}/llm`)
  await friend.say({ ...hello, clientPasskey: 'open-sesame' })
  await friend.hears({ success: true })
  const other = new RawClient(`${door.url}/system`, { authorization: 'Bearer open-sesame' })
  await other.say(hello)
  await other.hears({ success: true })
  friend.leave()
  other.leave()
})

test('Pages from elsewhere get no socket', async () => {
  await using door = await openLmStudioDoor()
  const client = new RawClient(`${door.url}/llm`, { origin: 'https://evil.example' })
  await client.closed
  expect(await (await fetch(`${door.url}/llm`)).json()).toEqual({
    error: 'Unexpected endpoint or method. (GET /llm)',
  })
})

test('A program that is gone leaves no reply behind', async () => {
  await using door = await openLmStudioDoor()
  door.model.answer({ deltas: ['Wait'], ending: 'stall' })
  const client = new RawClient(`${door.url}/llm`)
  await client.say(hello)
  for (const channelId of [1, 2, 3]) {
    await client.say({ type: 'channelCreate', endpoint: 'predict', channelId, creationParameter: asked })
  }
  await expect.poll(() => door.model.openCalls).toBe(3)
  await client.say({ type: 'channelSend', channelId: 2, message: { type: 'cancel' }, ackId: 5 })
  await client.hears({ type: 'channelAck', ackId: 5 })
  await client.hears({ type: 'channelClose', channelId: 2 })
  expect(door.model.openCalls).toBe(2)
  client.leave()
  await expect.poll(() => door.model.openCalls).toBe(0)
})

test('The door closes, however many talk through it', async () => {
  const door = await openLmStudioDoor()
  door.model.answer({ deltas: ['Wait'], ending: 'stall' })
  const client = new RawClient(`${door.url}/llm`)
  await client.say(hello)
  await client.say({ type: 'channelCreate', endpoint: 'predict', channelId: 1, creationParameter: asked })
  await expect.poll(() => door.model.openCalls).toBe(1)
  await door[Symbol.asyncDispose]()
  await client.closed
  expect(door.model.openCalls).toBe(0)
})

test('Whatever is said, the socket lives', async () => {
  await using door = await openLmStudioDoor()
  const client = new RawClient(`${door.url}/llm`)
  await client.say(hello)
  await client.hears({ success: true })
  const endpoint = constantFrom(
    'predict',
    'getOrLoad',
    'loadModel',
    'listLoaded',
    'getModelInfo',
    'countTokens',
  )
  const frame = oneof(
    anyJson(),
    record({
      type: constantFrom('rpcCall', 'channelCreate', 'channelSend', 'signalSubscribe', 'keepAlive'),
      endpoint,
      callId: integer(),
      channelId: integer({ min: 0, max: 20 }),
      parameter: jsonValue(),
      creationParameter: oneof(jsonValue(), constant(asked)),
      message: oneof(jsonValue(), constant({ type: 'cancel' })),
    }),
  )
  await client.say(...sample(frame, { seed: 5, numRuns: 2_000 }))
  await client.say(
    { type: 'rpcCall', endpoint: 'listLoaded', callId: 0.5 },
    { type: 'rpcCall', endpoint: 'listLoaded', callId: 1e9 },
  )
  expect(await client.hears({ type: 'rpcResult', callId: 1e9 })).toHaveProperty('result')
  client.leave()
  await expect.poll(() => door.model.openCalls).toBe(0)
})
