import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { ModelServer } from '../../../../backend/engines/llm/model-server.ts'
import { deferred } from '../../../../backend/lib/deferred.ts'

test.each(['application/json', 'text/html; charset=utf-8'])(
  'a server that answers with %s instead of a stream is not listened to',
  async (type) => {
    const left = deferred<boolean>()
    const server = createServer((_request, response) => {
      response.on('close', () => left.resolve(response.writableFinished))
      response.writeHead(200, { 'content-type': type })
      response.write('{"and": "so on')
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address: AddressInfo | string | null = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    await using model = new ModelServer({ baseUrl: `http://127.0.0.1:${port}/v1` })
    const { signal } = new AbortController()
    await expect(model.postForEvents('/chat/completions', {}, signal)).rejects.toThrow(type)
    expect(await left.promise).toBe(false)
    server.close()
  },
)
