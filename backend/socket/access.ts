import { timingSafeEqual } from 'node:crypto'
import { type IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { AppError } from '../errors.ts'

export interface AccessRules {
  /** Absent: no token is needed. */
  readonly token: string | undefined
  readonly allowedHosts: readonly string[]
  readonly allowedOrigins: readonly string[]
}

export interface AccessRequest {
  readonly headers: IncomingHttpHeaders
  /** `?token=` of the address. */
  readonly queryToken: string | undefined
}

export const TOKEN_COOKIE = 'troupe_token'

/**
 * Refuses requests that a foreign web page makes this browser send: by its origin, and by the name it used for us
 * (DNS rebinding needs a name; addresses and localhost are safe).
 * @throws AppError `forbidden`
 */
export function checkHostAndOrigin(rules: AccessRules, headers: IncomingHttpHeaders): void {
  const host = headers.host ?? ''
  if (!isKnownHost(rules, hostnameOf(host))) {
    throw new AppError(
      'forbidden',
      `This server is not known as "${host}"; add the name to allowed_hosts if it should be`,
    )
  }
  const { origin } = headers
  if (origin === undefined || rules.allowedOrigins.includes(origin)) return
  if (originHost(origin) !== host.toLowerCase()) {
    throw new AppError(
      'forbidden',
      `Pages from "${origin}" may not use this server; add it to allowed_origins if they should`,
    )
  }
}

/** @throws AppError `unauthorized` if a token is needed and the right one was not shown. */
export function checkToken(rules: AccessRules, request: AccessRequest): void {
  const { token } = rules
  if (token === undefined) return
  const shown = [
    bearerOf(request.headers.authorization),
    request.queryToken,
    cookieOf(request.headers.cookie),
  ]
  if (shown.some((candidate) => candidate !== undefined && isEqual(candidate, token))) return
  throw new AppError(
    'unauthorized',
    'A token is needed: open the page with ?token=… or send it as "Authorization: Bearer …"',
  )
}

/**
 * As `checkToken`, for programs: the cookie is our pages' own, and a browser adds it for every page on this machine, whatever
 * its port.
 * @throws AppError `unauthorized`
 */
export function checkProgramToken(rules: AccessRules, { headers, queryToken }: AccessRequest): void {
  const { authorization } = headers
  checkToken(rules, { headers: { authorization }, queryToken })
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

function isKnownHost(rules: AccessRules, hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    isIP(hostname) !== 0 ||
    rules.allowedHosts.some((host) => host.toLowerCase() === hostname)
  )
}

/** Without port and brackets. */
function hostnameOf(host: string): string {
  const withoutPort = host.startsWith('[') ? host.slice(1, host.indexOf(']')) : host.replace(/:\d*$/, '')
  return withoutPort.toLowerCase()
}

function originHost(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}

function bearerOf(header: string | undefined): string | undefined {
  return header?.match(/^Bearer\s+(\S+)$/i)?.[1]
}

function cookieOf(header: string | undefined): string | undefined {
  const pair = header?.split(/;\s*/).find((part) => part.startsWith(`${TOKEN_COOKIE}=`))
  try {
    return pair === undefined ? undefined : decodeURIComponent(pair.slice(TOKEN_COOKIE.length + 1))
  } catch {
    return undefined // Not written by our page.
  }
}

function isEqual(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}
