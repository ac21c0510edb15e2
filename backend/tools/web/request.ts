import { type LookupAddress } from 'node:dns'
import { request as requestPlain, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as requestSecure } from 'node:https'
import { AppError } from '../../errors.ts'
import { allowedAddresses, type WebAccess } from './access.ts'

const MAX_REDIRECTS = 5
const MAX_HEADER_BYTES = 32_768
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

export interface OpenPage {
  /** Where it was found in the end. */
  readonly url: URL
  /** With its body still to come: to be read or destroyed. */
  readonly response: IncomingMessage
}

/**
 * Opens a page, going where it is redirected to. Each address on the way is looked up once, checked, and that one is
 * connected to.
 * @throws AppError if an address is not allowed, cannot be reached, or answers no page.
 */
export async function openPage(address: URL, access: WebAccess, signal: AbortSignal): Promise<OpenPage> {
  let url = address
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    checkForm(url)
    const response = await get(url, await allowedAddresses(url, access, signal), signal)
    const next = redirectOf(response, url)
    if (next === undefined) return { url, response: answered(response, url) }
    response.destroy()
    url = next
  }
  throw new AppError('engine_failed', `Cannot open ${address.host}: it redirects without end`)
}

function checkForm(url: URL): void {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new AppError(
      'forbidden',
      `Cannot open a ${url.protocol} address: only http and https can be opened`,
    )
  }
  if (url.username !== '' || url.password !== '') {
    throw new AppError('forbidden', `Cannot open ${url.host} with a name and a password in the address`)
  }
}

function get(url: URL, addresses: readonly LookupAddress[], signal: AbortSignal): Promise<IncomingMessage> {
  const options: RequestOptions = {
    // Of its own, so that no connection made for another check is used.
    agent: false,
    lookup: pinnedTo(addresses),
    maxHeaderSize: MAX_HEADER_BYTES,
    signal,
    headers: {
      'user-agent': 'Mozilla/5.0 (compatible; Troupe)',
      accept: 'text/html,application/xhtml+xml,text/plain,application/json;q=0.9,*/*;q=0.5',
      'accept-encoding': 'gzip, deflate, br',
      'accept-language': 'en,*;q=0.5',
    },
  }
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? requestSecure : requestPlain)(url, options, (response) => {
      // Whoever reads the body hears of its failures; this one is for those that nobody reads.
      response.on('error', () => {})
      resolve(response)
    })
    request.on('error', (cause) => reject(cannotReach(url, cause)))
    request.end()
  })
}

/** Answers with the addresses that were checked, whatever the name means by now. */
function pinnedTo(addresses: readonly LookupAddress[]): NonNullable<RequestOptions['lookup']> {
  return (_hostname, options, callback) => {
    const [first] = addresses
    if (options.all) callback(null, [...addresses])
    else callback(null, first?.address ?? '', first?.family)
  }
}

function redirectOf(response: IncomingMessage, from: URL): URL | undefined {
  const { location } = response.headers
  if (location === undefined || !REDIRECTS.has(response.statusCode ?? 0)) return undefined
  if (URL.canParse(location, from.href)) return new URL(location, from.href)
  response.destroy()
  throw new AppError(
    'engine_failed',
    `Cannot open ${from.host}: it redirects to something that is no address`,
  )
}

function answered(response: IncomingMessage, url: URL): IncomingMessage {
  const { statusCode = 0, statusMessage = '' } = response
  if (statusCode >= 200 && statusCode < 300) return response
  response.destroy()
  const status = `${statusCode} ${statusMessage}`.trim().slice(0, 100)
  throw new AppError(statusCode === 404 ? 'not_found' : 'engine_failed', `${url.host} answered ${status}`)
}

function cannotReach(url: URL, cause: Error): AppError {
  const code = 'code' in cause && typeof cause.code === 'string' ? ` (${cause.code})` : ''
  return new AppError('engine_unavailable', `Cannot reach ${url.host}${code}`, { cause })
}
