import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'

/** A real HTTP server that plays one with OpenAI's `/audio/speech`, well-behaved or not. */

/** How one request is answered. Returning without ending the response stalls. */
export type SpeechScript = (response: ServerResponse, input: string) => Promise<void> | void

/** Sends these bytes, each part in a write of its own, `paceMs` apart. */
export function speaks(parts: (input: string) => readonly Uint8Array[], paceMs = 0): SpeechScript {
  return async (response, input) => {
    response.writeHead(200, { 'content-type': 'audio/pcm' })
    response.flushHeaders()
    for (const part of parts(input)) {
      if (response.destroyed) return
      response.write(part)
      await delay(paceMs)
    }
    response.end()
  }
}

/** Sends these bytes, then nothing for ever. */
export function stallsAfter(...parts: readonly Uint8Array[]): SpeechScript {
  return (response) => {
    response.writeHead(200, { 'content-type': 'audio/pcm' })
    response.flushHeaders()
    for (const part of parts) response.write(part)
  }
}

/** Sends these bytes, then tears the connection down. */
export function breaksOffAfter(...parts: readonly Uint8Array[]): SpeechScript {
  return async (response) => {
    await stallsAfter(...parts)(response, '')
    await delay(20)
    response.destroy()
  }
}

/** Takes the request and does not even answer with a status. */
export const neverAnswers: SpeechScript = () => {
  // Nothing, on purpose.
}

export function answers(status: number, body: string, contentType = 'application/json'): SpeechScript {
  return (response) => {
    response.writeHead(status, { 'content-type': contentType }).end(body)
  }
}

export interface FakeSpeechServer extends AsyncDisposable {
  readonly baseUrl: string
  /** Bodies and keys of the requests so far, oldest first. */
  readonly requests: { readonly path: string; readonly key: string | undefined; readonly body: unknown }[]
  /** Answers that neither side has closed yet. */
  openCalls(): number
}

/** @param voices what it says when it is asked; without, it cannot be asked. */
export async function startFakeSpeechServer(
  script: SpeechScript,
  voices?: readonly unknown[],
): Promise<FakeSpeechServer> {
  const requests: FakeSpeechServer['requests'] = []
  const open = new Set<ServerResponse>()
  const server = createServer((request, response) => {
    open.add(response)
    response.once('close', () => open.delete(response))
    if (request.method === 'GET') {
      const told = voices ? { voices } : { error: 'Not Found' }
      response.writeHead(voices ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(told))
      return
    }
    // A request cut off in its middle needs no answer.
    const answer = json(request).then(
      (body) => {
        requests.push({ path: request.url ?? '', key: request.headers.authorization, body })
        return script(response, inputOf(body))
      },
      () => response.destroy(),
    )
    answer.catch((error: unknown) => server.emit('error', error))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    baseUrl: `http://127.0.0.1:${portOf(server.address())}/v1`,
    requests,
    openCalls: () => open.size,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

function inputOf(body: unknown): string {
  const input: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'input') : undefined
  return typeof input === 'string' ? input : ''
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address ? address.port : 0
}
