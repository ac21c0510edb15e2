import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { HttpPool } from '../../../../backend/engines/llm/http-pool.ts'
import { deferred } from '../../../../backend/lib/deferred.ts'
import { macrotask } from '../../../../backend/lib/macrotask.ts'

type Answerer = (request: IncomingMessage, response: ServerResponse, said: string) => void

async function bench(answer: Answerer) {
  const server = createServer((request, response) => {
    textOf(request).then(
      (said) => answer(request, response, said),
      () => response.destroy(),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address: AddressInfo | string | null = server.address()
  if (typeof address !== 'object' || !address) throw new Error('The server does not listen')
  const pool = new HttpPool('model server')
  const url = `http://127.0.0.1:${address.port}/v1`
  return {
    url,
    post: (body: string, signal?: AbortSignal) =>
      pool.ask(url, { method: 'POST', headers: {}, body, ...(signal ? { signal } : {}) }),
    async [Symbol.asyncDispose]() {
      await pool[Symbol.asyncDispose]()
      server.closeAllConnections()
      server.close()
    },
  }
}

async function textOf(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of body ?? []) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

function iteratorOf(body: AsyncIterable<Uint8Array> | null): AsyncIterator<Uint8Array> {
  if (!body) throw new Error('There is no body')
  return body[Symbol.asyncIterator]()
}

describe('a request to a model server', () => {
  test('is answered piece by piece, and the next one takes the same connection', async () => {
    const ports = new Set<number | undefined>()
    await using server = await bench((request, response, said) => {
      ports.add(request.socket.remotePort)
      response.setHeader('x-twice', ['one', 'two'])
      response.end(`You said ${said}`)
    })
    for (const said of ['hello', 'good bye']) {
      const answer = await server.post(said)
      expect(answer.status).toBe(200)
      expect([...answer.headers]).toContainEqual(['x-twice', 'two'])
      expect(await textOf(answer.body)).toBe(`You said ${said}`)
    }
    expect(ports.size).toBe(1)
  })

  test('is broken off by its signal, before and after the answer has begun', async () => {
    const closed = deferred()
    let asked = 0
    await using server = await bench((_request, response) => {
      asked += 1
      response.on('close', closed.resolve)
      response.write('So')
    })
    const stop = new AbortController()
    const { body } = await server.post('', stop.signal)
    const words = iteratorOf(body)
    expect(Buffer.from((await words.next()).value ?? []).toString()).toBe('So')
    const next = words.next()
    stop.abort(new Error('Enough'))
    await expect(next).rejects.toThrow('Enough')
    await closed.promise
    await expect(server.post('', stop.signal)).rejects.toThrow('Enough')
    expect(asked).toBe(1)
  })

  test('ends when nobody reads the answer any more', async () => {
    const left = deferred()
    await using server = await bench((_request, response) => {
      response.on('close', left.resolve)
      response.write('So')
    })
    const { body } = await server.post('')
    for await (const _piece of body ?? []) break
    await expect(left.promise).resolves.toBeUndefined()
  })

  test('gives what arrived before the connection broke, and then says so', async () => {
    await using server = await bench((_request, response) => {
      response.write('So far', () => response.destroy())
    })
    const { body } = await server.post('')
    const words = iteratorOf(body)
    let text = ''
    const read = async (): Promise<void> => {
      for (let piece = await words.next(); !piece.done; piece = await words.next())
        text += String(Buffer.from(piece.value))
    }
    await expect(read()).rejects.toThrow(new TypeError('terminated'))
    expect(text).toBe('So far')
  })

  test('comes through whole, however slowly it is read', async () => {
    const size = 24 * 1024 * 1024
    await using server = await bench((_request, response) => response.end(Buffer.alloc(size, 'a')))
    const { body } = await server.post('')
    let bytes = 0
    for await (const piece of body ?? []) {
      bytes += piece.length
      await macrotask()
      await macrotask()
    }
    expect(bytes).toBe(size)
  })

  test('follows a server that has moved', async () => {
    let asked = 0
    await using server = await bench((request, response, said) => {
      asked += 1
      if (request.url === '/v1') response.writeHead(307, { location: '/v2' }).end('moved')
      else response.end(`${request.method} ${request.url} ${said}`)
    })
    expect(await textOf((await server.post('hello')).body)).toBe('POST /v2 hello')
    expect(asked).toBe(2)
  })

  test('has no body where there is none', async () => {
    await using server = await bench((_request, response) => response.writeHead(204).end())
    expect(await server.post('')).toMatchObject({ status: 204, body: null })
  })

  test('fails as fetch does where nobody is', async () => {
    const server = await bench((_request, response) => response.end())
    await server[Symbol.asyncDispose]()
    await using other = new HttpPool('model server')
    const asked = other.ask(server.url, { method: 'GET', headers: {} })
    await expect(asked).rejects.toThrow(new TypeError('fetch failed'))
  })
})
