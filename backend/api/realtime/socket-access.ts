import { type IncomingHttpHeaders } from 'node:http'
import { AppError } from '../../errors.ts'
import { type AccessRules, checkToken } from '../../socket/access.ts'
import { type ClientSecret, type ClientSecrets } from './client-secrets.ts'

const KEY_PROTOCOL = 'openai-insecure-api-key.'
const BETA_PROTOCOL = 'openai-beta.realtime-v1'
const PROTOCOL = 'realtime'

/** What a client shows when it opens a socket. */
export interface SocketRequest {
  readonly headers: IncomingHttpHeaders
  readonly queryToken: string | undefined
}

/** Browsers can set no headers: they show keys among the subprotocols. */
export function protocolsOf(headers: IncomingHttpHeaders): string[] {
  return (headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((protocol) => protocol.trim())
    .filter((protocol) => protocol !== '')
}

/** The one subprotocol that is agreed on: never the key. */
export function agreedProtocol(protocols: readonly string[]): string | undefined {
  return protocols.includes(PROTOCOL) ? PROTOCOL : undefined
}

export function speaksBeta(headers: IncomingHttpHeaders, protocols: readonly string[]): boolean {
  return String(headers['openai-beta'] ?? '').includes('realtime=v1') || protocols.includes(BETA_PROTOCOL)
}

/**
 * @returns the client secret it was opened with, if it was one.
 * @throws AppError `unauthorized` if no key that holds was shown.
 */
export function checkKey(
  { token, secrets }: { token: string | undefined; secrets: ClientSecrets },
  { headers, queryToken }: SocketRequest,
): ClientSecret | undefined {
  const key = keyOf(headers) ?? queryToken
  if (key?.startsWith('ek_')) {
    const secret = secrets.find(key)
    if (secret) return secret
    throw new AppError(
      'unauthorized',
      'This client secret has expired, or was never given out; ask for a new one',
    )
  }
  const rules: AccessRules = { token, allowedHosts: [], allowedOrigins: [] }
  const authorization = key === undefined ? undefined : `Bearer ${key}`
  checkToken(rules, { headers: { authorization }, queryToken: undefined })
  return undefined
}

function keyOf(headers: IncomingHttpHeaders): string | undefined {
  const bearer = headers.authorization?.match(/^Bearer\s+(\S+)$/i)?.[1]
  const shown = protocolsOf(headers).find((protocol) => protocol.startsWith(KEY_PROTOCOL))
  return bearer ?? shown?.slice(KEY_PROTOCOL.length)
}
