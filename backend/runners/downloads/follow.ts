import { type Dispatcher, request } from 'undici'
import { DownloadError } from './download-error.ts'

export type Answer = Dispatcher.ResponseData

export interface Question {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  /** Sent to the first address's origin only, wherever it leads. */
  readonly authorization: string | undefined
}

const MAX_REDIRECTS = 10

export interface Followed {
  readonly answer: Answer
  /** What the first server said of the file: the hub knows its hash, the store it leads to does not. */
  readonly linkedEtag: string | undefined
}

/**
 * Asks for a file, and goes where the server sends us, as long as that is the web. (Addresses in one's own network
 * are fine: whoever starts downloads here may reach them anyway.)
 */
export async function follow(
  { url, headers, authorization }: Question,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<Followed> {
  let at = url
  let linkedEtag: string | undefined
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const isAtHome = at.origin === url.origin
    const answer = await request(at, {
      dispatcher,
      signal,
      headers: { ...headers, ...(authorization !== undefined && isAtHome ? { authorization } : {}) },
    })
    linkedEtag ??= headerOf(answer, 'x-linked-etag')
    if (!REDIRECTS.has(answer.statusCode)) return { answer, linkedEtag }
    await answer.body.dump()
    at = nextAddress(at, headerOf(answer, 'location'))
  }
  throw new DownloadError('The server sends us around in circles', { isFinal: true })
}

/** The first value of a header. */
export function headerOf({ headers }: Answer, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

function nextAddress(from: URL, location: string | undefined): URL {
  const next = location !== undefined && URL.canParse(location, from.href) ? new URL(location, from) : undefined
  if (next && /^https?:$/u.test(next.protocol)) return next
  throw new DownloadError(`The server leads to no web address: ${location?.slice(0, 200) ?? 'to none'}`, {
    isFinal: true,
  })
}
