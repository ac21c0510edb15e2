import { createParser } from 'eventsource-parser'
import { APIConnectionError, APIError, APIUserAbortError } from 'openai'
import { type Answer, LineLimit } from './bounded-fetch.ts'
import { type Asked } from './http-pool.ts'

export type Ask = (url: URL, asked: Asked) => Promise<Answer>

export interface EventServer {
  /** How sentences name it. */
  readonly label: string
  readonly addressOf: (path: string) => URL
  readonly apiKey: string | undefined
  readonly ask: Ask
}

/** A stream of events that has begun. */
export interface EventAnswer {
  readonly contentType: string
  /** The data of its events, as JSON says. Leaving it closes the connection. @throws APIError told by an event. */
  readonly events: AsyncGenerator<unknown, void>
  /** Closes the connection before anything has been read. */
  readonly leave: () => Promise<void>
}

const DONE = '[DONE]'
/** Why a server refuses is said in its first words; some send whole pages. */
const MAX_REFUSAL_CHARACTERS = 200_000

/**
 * Posts and reads server-sent events, with the errors of the `openai` package but without its layers: they are on the
 * way to the first word of every reply, and cost more than all else that is done there.
 * @throws APIError
 */
export async function postForEvents(
  server: EventServer,
  path: string,
  { body, signal }: { readonly body: object; readonly signal: AbortSignal },
): Promise<EventAnswer> {
  const answer = await opened(server, path, { body, signal })
  const headers = (): Headers => new Headers([...answer.headers])
  const chunks = answer.body ?? nothing()
  if (answer.status >= 400) throw refusal(answer.status, await textOf(chunks), headers())
  const [, contentType = ''] = [...answer.headers].find(([name]) => name === 'content-type') ?? []
  const events = eventsIn(chunks, new LineLimit(server.label), headers)
  return { contentType, events, leave: () => left(chunks) }
}

async function opened(
  { addressOf, apiKey, ask }: EventServer,
  path: string,
  { body, signal }: { readonly body: object; readonly signal: AbortSignal },
): Promise<Answer> {
  const headers = {
    accept: 'text/event-stream, application/json',
    'content-type': 'application/json',
    'user-agent': 'troupe',
    ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
  }
  try {
    return await ask(addressOf(path), {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
      signal,
    })
  } catch (error) {
    if (signal.aborted) throw new APIUserAbortError()
    throw new APIConnectionError({ cause: error instanceof Error ? error : new Error(String(error)) })
  }
}

async function* eventsIn(
  chunks: AsyncIterable<Uint8Array>,
  limit: LineLimit,
  headers: () => Headers,
): AsyncGenerator<unknown, void> {
  const found: string[] = []
  const parser = createParser({ onEvent: ({ data }) => found.push(data) })
  const decoder = new TextDecoder()
  for await (const chunk of chunks) {
    limit.check(chunk)
    parser.feed(decoder.decode(chunk, { stream: true }))
    for (const data of found.splice(0)) if (data !== DONE) yield read(data, headers)
  }
  // Some end with their last event, without the empty line behind it.
  parser.feed(`${decoder.decode()}\n\n`)
  for (const data of found.splice(0)) if (data !== DONE) yield read(data, headers)
}

function read(data: string, headers: () => Headers): unknown {
  const event: unknown = JSON.parse(data)
  const error = typeof event === 'object' && event !== null && 'error' in event ? event.error : undefined
  if (error) throw new APIError(undefined, asObject(error), undefined, headers())
  return event
}

/** Servers answer with JSON, with a page, or with nothing. */
function refusal(status: number, text: string, headers: Headers): APIError {
  const json = parsed(text)
  return APIError.generate(status, asObject(json), json === undefined ? text : undefined, headers)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function asObject(value: unknown): object | undefined {
  return typeof value === 'object' && value !== null ? value : undefined
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > MAX_REFUSAL_CHARACTERS) break
  }
  return text + decoder.decode()
}

async function left(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  await chunks[Symbol.asyncIterator]().return?.()
}

async function* nothing(): AsyncGenerator<Uint8Array, void> {}
