import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { WebSocket } from 'ws'
import { deferred } from '../../../backend/lib/deferred.ts'
import { textOf } from './raw-data.ts'

/** A way to the model, with as little client as possible: what is measured is the door. */
export interface Way {
  /** Asks it. @returns the milliseconds until the first word. */
  readonly firstWord: () => Promise<number>
  readonly close: () => void
}

const ANSWERS_WITHIN_MS = 10_000

/** What the model server says first; nothing that is sent holds it. */
const FIRST_WORD = 'Well,'

const agent = new Agent({ keepAlive: true, maxSockets: 1 })

/** Asks over HTTP; the connection is kept, as programs do. */
export function overHttp(url: string, body: object): Way {
  const json = JSON.stringify(body)
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) }
  const firstWord = async (): Promise<number> => {
    const startMs = performance.now()
    const asked = request(url, { method: 'POST', agent, headers })
    asked.end(json)
    const [response] = await once(asked, 'response')
    let latencyMs = NaN
    let seen = ''
    for await (const chunk of response) {
      if (!Number.isNaN(latencyMs)) continue
      seen += String(chunk)
      if (seen.includes(FIRST_WORD)) latencyMs = performance.now() - startMs
    }
    if (Number.isNaN(latencyMs)) throw new Error(`${url} did not answer: ${seen.slice(0, 300)}`)
    return latencyMs
  }
  return { firstWord, close: () => {} }
}

export interface SocketTalk {
  /** Sent once, before anything is asked. */
  readonly greeting: readonly object[]
  /** Sent for each question. */
  readonly question: () => readonly object[]
  /** In the last thing that comes of it. */
  readonly end: string
}

/** Asks over a socket that stays open. */
export async function overSocket(url: string, { greeting, question, end }: SocketTalk): Promise<Way> {
  const socket = new WebSocket(url)
  let first = deferred<number>()
  let done = deferred()
  socket.on('message', (data) => {
    const text = textOf(data)
    if (/"(?:error|rpcError|channelError)"[,}]/u.test(text))
      first.reject(new Error(`${url}: ${text.slice(0, 300)}`))
    if (text.includes(FIRST_WORD)) first.resolve(performance.now())
    if (text.includes(end)) done.resolve()
  })
  await once(socket, 'open')
  for (const message of greeting) socket.send(JSON.stringify(message))
  return {
    close: () => socket.close(),
    firstWord: async () => {
      first = deferred()
      done = deferred()
      const messages = question().map((message) => JSON.stringify(message))
      const startMs = performance.now()
      for (const message of messages) socket.send(message)
      const timer = setTimeout(() => first.reject(new Error(`${url} does not answer`)), ANSWERS_WITHIN_MS)
      const latencyMs = (await first.promise) - startMs
      clearTimeout(timer)
      await done.promise
      return latencyMs
    },
  }
}
