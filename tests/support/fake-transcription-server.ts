import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { decodeWav, type Wav } from '../../backend/lib/wav.ts'

/** A real HTTP server that plays one with OpenAI's `/audio/transcriptions`, well-behaved or not. */

export interface TranscriptionUpload {
  readonly path: string
  readonly key: string | undefined
  /** The form's text fields. */
  readonly fields: Readonly<Record<string, string>>
  readonly wav: Wav
}

/** How one request is answered. Returning without ending the response stalls. */
export type TranscriptionScript = (
  response: ServerResponse,
  upload: TranscriptionUpload,
) => Promise<void> | void

export function hears(textOf: (wav: Wav) => string, delayMs = 0): TranscriptionScript {
  return async (response, { wav }) => {
    await delay(delayMs)
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ text: textOf(wav) }))
  }
}

export function answersWith(
  status: number,
  body: string,
  contentType = 'application/json',
): TranscriptionScript {
  return (response) => {
    response.writeHead(status, { 'content-type': contentType }).end(body)
  }
}

/** Begins an answer, then says nothing more for ever. */
export const stallsInTheMiddle: TranscriptionScript = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.write('{"text": "Hel')
}

/** Begins an answer, then tears the connection down. */
export const breaksOffInTheMiddle: TranscriptionScript = async (response, upload) => {
  await stallsInTheMiddle(response, upload)
  await delay(20)
  response.destroy()
}

/** Takes the request and does not even answer with a status. */
export const saysNothing: TranscriptionScript = () => {
  // Nothing, on purpose.
}

export interface FakeTranscriptionServer extends AsyncDisposable {
  readonly baseUrl: string
  /** Complete requests so far, oldest first. */
  readonly uploads: TranscriptionUpload[]
  /** Answers that neither side has closed yet. */
  openCalls(): number
}

export async function startFakeTranscriptionServer(
  script: TranscriptionScript,
): Promise<FakeTranscriptionServer> {
  const uploads: TranscriptionUpload[] = []
  const open = new Set<ServerResponse>()
  const server = createServer((request, response) => {
    open.add(response)
    response.once('close', () => open.delete(response))
    // A request cut off in its middle needs no answer.
    const answer = uploadOf(request).then(
      (upload) => {
        uploads.push(upload)
        return script(response, upload)
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
    uploads,
    openCalls: () => open.size,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

async function uploadOf(request: IncomingMessage): Promise<TranscriptionUpload> {
  const body = await buffer(request)
  const headers = { 'content-type': request.headers['content-type'] ?? '' }
  const form = await new Response(body, { headers }).formData()
  const fields: Record<string, string> = {}
  let wav: Wav = { sampleRate: 0, samples: new Int16Array() }
  for (const [name, value] of form.entries()) {
    if (typeof value === 'string') fields[name] = value
    else wav = decodeWav(new Uint8Array(await value.arrayBuffer()))
  }
  return { path: request.url ?? '', key: request.headers.authorization, fields, wav }
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address ? address.port : 0
}
