import { type IncomingMessage, type ServerResponse } from 'node:http'

/** A name or an address, with or without a port: nothing that could lead elsewhere. */
const HOST = /^[\w.-]+(?::\d+)?$|^\[[\da-f:.]+\](?::\d+)?$/iu

/** Answers plain HTTP on a port that speaks https: people are sent on, programs are told. */
export function pointToHttps(request: IncomingMessage, response: ServerResponse): void {
  const { method, url = '/' } = request
  const host = request.headers.host ?? ''
  const isPage = method === 'GET' && (request.headers.accept?.includes('text/html') ?? false)
  request.resume()
  response.setHeader('connection', 'close')
  if (isPage && HOST.test(host) && url.startsWith('/')) {
    // Not for good: https may be switched off again.
    response.writeHead(307, { location: `https://${host}${url}` }).end()
    return
  }
  const error = 'This server speaks https: write https:// (or wss://) instead of http:// (or ws://)'
  response.writeHead(400, { 'content-type': 'application/json; charset=utf-8' })
  response.end(JSON.stringify({ error, code: 'bad_message' }))
}
