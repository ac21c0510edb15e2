import { timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../../errors.ts'
import { errorAnswer } from './answers.ts'
import { type GgufDoor } from './gguf-door.ts'

/** The door of a model on a socket file or a port. @param apiKey what requests have to show, if anything. */
export function serveDoor(door: GgufDoor, apiKey: string | undefined): Server {
  return createServer((incoming, outgoing) => {
    // That the other side has gone is heard by the signal.
    answer(door, apiKey, { incoming, outgoing }).catch(() => outgoing.destroy())
  })
}

interface Exchange {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
}

async function answer(door: GgufDoor, apiKey: string | undefined, exchange: Exchange): Promise<void> {
  const { incoming, outgoing } = exchange
  const leaving = new AbortController()
  outgoing.once('close', () => leaving.abort(new Error('Nobody listens any more')))
  const response = isAllowed(incoming, apiKey)
    ? await door.answer(requestOf(incoming, leaving.signal))
    : errorAnswer(new AppError('unauthorized', 'Show the key'))
  outgoing.writeHead(response.status, [...response.headers].flat())
  if (!response.body) {
    outgoing.end()
    return
  }
  outgoing.flushHeaders()
  await pipeline(piecesOf(response.body), outgoing)
}

async function* piecesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const reader = body.getReader()
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) yield piece.value
  } finally {
    // Whoever is still writing for it is told.
    await reader.cancel()
  }
}

function isAllowed({ headers, url }: IncomingMessage, apiKey: string | undefined): boolean {
  if (apiKey === undefined || url === '/health') return true
  const [given, wanted] = [headers.authorization ?? '', `Bearer ${apiKey}`].map((text) => Buffer.from(text))
  return (
    given !== undefined &&
    wanted !== undefined &&
    given.length === wanted.length &&
    timingSafeEqual(given, wanted)
  )
}

function requestOf(incoming: IncomingMessage, signal: AbortSignal): Request {
  const { method = 'GET', url = '/' } = incoming
  const hasBody = method !== 'GET' && method !== 'HEAD'
  return new Request(new URL(url, 'http://localhost'), {
    method,
    signal,
    headers: { 'content-type': incoming.headers['content-type'] ?? 'application/json' },
    ...(hasBody ? { body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' } : {}),
  })
}
