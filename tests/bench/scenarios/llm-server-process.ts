import { createServer } from 'node:http'
import { type AddressInfo } from 'node:net'

/** A model server that answers every prompt at once; started by `llm.ts` with a process of its own. */

const WORDS = ['Well,', ' the', ' boat', ' has', ' left', ' already.']

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    const isList = request.url?.endsWith('/models') ?? false
    response.writeHead(isList ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ data: [{ id: 'instant', max_model_len: 32_768 }] }))
    return
  }
  request.resume()
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const content of WORDS) send({ choices: [{ index: 0, delta: { content }, finish_reason: null }] })
    send({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })
    send({ choices: [], usage: { prompt_tokens: 900, completion_tokens: WORDS.length } })
    response.end('data: [DONE]\n\n')
  })

  function send(event: object): void {
    response.write(`data: ${JSON.stringify(event)}\n\n`)
  }
})

server.listen(0, '127.0.0.1', () => {
  const address: AddressInfo | string | null = server.address()
  process.send?.(typeof address === 'object' && address ? address.port : 0)
})
process.on('disconnect', () => process.exit(0))
