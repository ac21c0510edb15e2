import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** What a file server does with one request. */
export type FileHandler = (request: IncomingMessage, response: ServerResponse) => void

export interface FileServer extends AsyncDisposable {
  readonly url: string
  /** Of the requests so far. */
  readonly asked: readonly { readonly path: string; readonly headers: IncomingMessage['headers'] }[]
  /** From now on. */
  handle(handler: FileHandler): void
}

export async function startFileServer(first: FileHandler): Promise<FileServer> {
  let handler = first
  const asked: { path: string; headers: IncomingMessage['headers'] }[] = []
  const server = createServer((request, response) => {
    asked.push({ path: request.url ?? '', headers: request.headers })
    handler(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('It has no port')
  const { port } = address
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    handle(next) {
      handler = next
    },
    [Symbol.asyncDispose]() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

export interface ServedFile {
  readonly bytes: Buffer
  readonly etag?: string
  /** Breaks off after so many bytes of an answer. */
  readonly breaksAfter?: number
}

/** Serves one file as good servers do: with ranges, and only of the version that was asked for. */
export function serves({ bytes, etag = '"one"', breaksAfter }: ServedFile): FileHandler {
  return (request, response) => {
    const from = Number(/^bytes=(\d+)-$/u.exec(request.headers.range ?? '')?.[1] ?? NaN)
    const isSame = request.headers['if-range'] === etag
    const isRange = Number.isInteger(from) && isSame
    if (isRange && from >= bytes.length) {
      response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end()
      return
    }
    const body = isRange ? bytes.subarray(from) : bytes
    response.writeHead(isRange ? 206 : 200, {
      etag,
      'content-length': body.length,
      ...(isRange ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}),
    })
    if (breaksAfter === undefined || breaksAfter >= body.length) response.end(body)
    else response.write(body.subarray(0, breaksAfter), () => setImmediate(() => response.destroy()))
  }
}
