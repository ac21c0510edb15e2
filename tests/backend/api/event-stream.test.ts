import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { fastify } from 'fastify'
import { describe, expect, test } from 'vitest'
import { untilGone } from '../../../backend/api/client-gone.ts'
import { sendEvents } from '../../../backend/api/event-stream.ts'
import { deferred } from '../../../backend/lib/deferred.ts'
import { macrotask } from '../../../backend/lib/macrotask.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'

const failed = (thrown: unknown): string => `data: ${String(thrown)}\n\n`

async function bench(frames: () => AsyncIterable<string>) {
  const clock = new FakeClock()
  const app = fastify({ forceCloseConnections: true })
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('x-request-id', 'one')
    done()
  })
  app.get('/', (_request, reply) => sendEvents(reply, { clock, frames: frames(), failed }))
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const ask = async (): Promise<IncomingMessage> => {
    const [response] = await once(get(url), 'response')
    return response
  }
  return { clock, ask, [Symbol.asyncDispose]: () => app.close() }
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const piece of response) text += String(piece)
  return text
}

describe('a stream of events', () => {
  test('is sent as it is made, with the headers of the door', async () => {
    const more = deferred()
    await using server = await bench(async function* () {
      yield 'data: one\n\n'
      await more.promise
      yield 'data: two\n\n'
    })
    const response = await server.ask()
    expect(response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-request-id': 'one',
    })
    const [first] = await once(response, 'data')
    expect(String(first)).toBe('data: one\n\n')
    more.resolve()
    expect(await textOf(response)).toBe('data: two\n\n')
    expect(server.clock.pendingTimers).toBe(0)
  })

  test('that cannot begin is no stream', async () => {
    await using server = await bench(async function* () {
      yield await Promise.reject<string>(new Error('Nobody is here'))
    })
    const response = await server.ask()
    expect(response.statusCode).toBe(500)
    expect(await textOf(response)).toContain('Nobody is here')
  })

  test('that fails later ends with the reason', async () => {
    await using server = await bench(async function* () {
      yield 'data: one\n\n'
      throw new Error('It broke')
    })
    expect(await textOf(await server.ask())).toBe('data: one\n\ndata: Error: It broke\n\n')
  })

  test('that is silent for long says that it is alive', async () => {
    const asked = deferred()
    const more = deferred()
    await using server = await bench(async function* () {
      asked.resolve()
      await more.promise
      yield 'data: late\n\n'
    })
    const coming = server.ask()
    await asked.promise
    await server.clock.advance(10_000)
    await server.clock.advance(10_000)
    more.resolve()
    expect(await textOf(await coming)).toBe(': ping\n\n: ping\n\ndata: late\n\n')
  })

  test('is left at once when its reader has gone', async () => {
    const left = deferred()
    const source = {
      next: () =>
        (source.asked += 1) === 1
          ? Promise.resolve({ value: 'data: one\n\n' })
          : new Promise<never>(() => {}),
      return: () => {
        left.resolve()
        return Promise.resolve({ done: true as const, value: undefined })
      },
      asked: 0,
    }
    await using server = await bench(() => ({ [Symbol.asyncIterator]: () => source }))
    const response = await server.ask()
    await once(response, 'data')
    response.destroy()
    await left.promise
    await macrotask()
    expect(server.clock.pendingTimers).toBe(0)
  })

  test('is not made for a reader who has gone before it began', async () => {
    const gone = deferred()
    const isOver = deferred<boolean>()
    let made = 0
    const clock = new FakeClock()
    const frames = async function* () {
      for (; made < 100; made += 1) yield 'data: one\n\n'
    }
    await using app = fastify({ forceCloseConnections: true })
    app.get('/', async (_request, reply) => {
      const signal = await gone.promise.then(() => untilGone(reply))
      await sendEvents(reply, { clock, frames: frames(), failed })
      isOver.resolve(signal.aborted)
      return reply
    })
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    app.server.on('connection', (socket) => socket.on('close', () => gone.resolve()))
    const asked = get(url).on('error', () => {})
    await once(app.server, 'request')
    asked.destroy()
    expect(await isOver.promise).toBe(true)
    expect([made, clock.pendingTimers]).toEqual([0, 0])
  })

  test('waits for a reader who takes nothing', async () => {
    let made = 0
    await using server = await bench(async function* () {
      for (; made < 10_000; made += 1) yield `data: ${'a'.repeat(64 * 1024)}\n\n`
    })
    const response = await server.ask()
    response.pause()
    for (let before = -1; before !== made;) {
      before = made
      for (let turn = 0; turn < 500; turn += 1) await macrotask()
    }
    expect(made).toBeLessThan(2_000)
    response.destroy()
  })
})
