import { once } from 'node:events'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { deferred } from '../../../../backend/lib/deferred.ts'
import { systemClock } from '../../../../backend/lib/clock.ts'
import { FakeLanguageModel } from '../../../fakes/fake-language-model.ts'
import { startTestApp, type TestApp } from '../../../support/test-app.ts'
import { ToldEvents } from '../../../support/told-events.ts'

/** How much may be sent at once: as OpenAI has it on its socket, and less on ours, of the same server. */

const MIB = 1024 * 1024
/** The most that one append may hold. */
const APPEND = JSON.stringify({
  type: 'input_audio_buffer.append',
  audio: Buffer.alloc(15 * MIB).toString('base64'),
})
const TOO_LARGE = 1009

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(async () => app[Symbol.asyncDispose]())

function realtimeSocket(house = app, name = 'character:nora'): { socket: WebSocket; events: ToldEvents } {
  const socket = new WebSocket(`${house.url.replace('http', 'ws')}/v1/realtime?model=${name}`)
  const events = new ToldEvents()
  socket.on('message', (data: Buffer) => events.take(JSON.parse(data.toString())))
  return { socket, events }
}

async function closeCode(socket: WebSocket): Promise<unknown> {
  socket.on('error', () => {}) // It is cut off while it writes.
  const [code] = await once(socket, 'close')
  return code
}

it('fifteen MiB of sound may be appended in one event', async () => {
  const { socket, events } = realtimeSocket()
  await events.event('session.created')
  const manual = { type: 'realtime', audio: { input: { turn_detection: null } } }
  socket.send(JSON.stringify({ type: 'session.update', session: manual }))
  await events.event('session.updated')
  socket.send(APPEND)
  socket.send(JSON.stringify({ type: 'input_audio_buffer.clear' }))
  await events.event('input_audio_buffer.cleared')
  expect(events.all.filter(({ type }) => type === 'error')).toEqual([])
  socket.close()
})

it('so may what comes before the session has begun', async () => {
  const listed = deferred()
  const slow = new FakeLanguageModel(systemClock)
  const model = Object.assign(slow, {
    async listModels() {
      await listed.promise
      return [{ ...slow.modelProfile, id: 'late' }]
    },
  })
  await using house = await startTestApp({ engines: { model } })
  const { socket, events } = realtimeSocket(house, 'late')
  await once(socket, 'open')
  socket.send(APPEND)
  socket.send(JSON.stringify({ type: 'input_audio_buffer.clear' }))
  socket.ping()
  await once(socket, 'pong') // All of it has arrived.
  listed.resolve()
  await events.event('input_audio_buffer.cleared')
  expect(events.all.map(({ type }) => type)).toEqual(['session.created', 'input_audio_buffer.cleared'])
  socket.close()
})

it('whoever sends more than any event holds is cut off', async () => {
  const { socket, events } = realtimeSocket()
  await events.event('session.created')
  socket.send(Buffer.alloc(22 * MIB, 'x').toString())
  expect(await closeCode(socket)).toBe(TOO_LARGE)
})

it('our own socket takes no more than before, whoever else has opened one', async () => {
  const { socket: other, events } = realtimeSocket()
  const own = new WebSocket(app.wsUrl)
  await Promise.all([events.event('session.created'), once(own, 'message')])
  own.send(Buffer.alloc(9 * MIB, 'x').toString())
  expect(await closeCode(own)).toBe(TOO_LARGE)
  other.send(APPEND)
  other.send(JSON.stringify({ type: 'input_audio_buffer.clear' }))
  await events.event('input_audio_buffer.cleared')
  other.close()
})
