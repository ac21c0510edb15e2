import { type LookupAddress } from 'node:dns'
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import ipaddr from 'ipaddr.js'
import { AppError } from '../../errors.ts'
import { abortable } from '../../lib/abort.ts'

/** Names and addresses, and which of them a tool may go to. */
export interface WebAccess {
  /** All addresses of a name. */
  resolve(host: string): Promise<readonly LookupAddress[]>
  mayConnect(address: string, port: number): boolean
}

/** Where web pages are served; mail and database servers listen elsewhere. */
const WEB_PORTS: ReadonlySet<number> = new Set([80, 443, 8080, 8443])

/** Public by its number, but answered by the host of a virtual machine: metadata, sometimes with keys in it. */
const HOSTS_OF_CLOUDS: ReadonlySet<string> = new Set(['168.63.129.16'])

/** All that is handed out for the Internet; what was never handed out is nobody's business, or the neighbour's. */
const INTERNET_V6 = ipaddr.IPv6.parseCIDR('2000::/3')

export const publicWeb: WebAccess = {
  resolve: (host) => lookup(host, { all: true, order: 'verbatim' }),
  mayConnect: (address, port) => WEB_PORTS.has(port) && isPublicAddress(address) && !isOurs(address),
}

/**
 * Whether it is an address of the Internet: not private, loopback, link-local, multicast or reserved, nor a tunnel or
 * mapping in which such an address may be hidden.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false
  const parsed = ipaddr.parse(address)
  if (parsed.range() !== 'unicast') return false
  if (parsed instanceof ipaddr.IPv6) return parsed.match(INTERNET_V6)
  return !HOSTS_OF_CLOUDS.has(parsed.toString())
}

/**
 * The addresses to connect to for a URL: to these and no others, as the name may mean something else a moment later.
 * @throws AppError `forbidden` if even one of them may not be connected to, `not_found` if there is none.
 */
export async function allowedAddresses(
  url: URL,
  access: WebAccess,
  signal: AbortSignal,
): Promise<readonly LookupAddress[]> {
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  const addresses = await addressesOf(url.hostname, access, signal)
  if (addresses.length === 0) throw noSuchHost(url.hostname)
  if (addresses.some(({ address }) => !access.mayConnect(address, port))) {
    throw new AppError(
      'forbidden',
      `Cannot open ${url.host}: only public addresses may be opened, at the usual ports of the web`,
    )
  }
  return addresses
}

async function addressesOf(
  hostname: string,
  access: WebAccess,
  signal: AbortSignal,
): Promise<readonly LookupAddress[]> {
  const literal = hostname.replace(/^\[(.*)\]$/, '$1')
  const family = isIP(literal)
  if (family !== 0) return [{ address: literal, family }]
  try {
    return await abortable(access.resolve(hostname), signal)
  } catch (cause) {
    throw noSuchHost(hostname, cause)
  }
}

function noSuchHost(hostname: string, cause?: unknown): AppError {
  return new AppError('not_found', `Cannot find the server ${hostname}`, { cause })
}

/** A server that has a public address itself may serve itself what it refuses to others. */
function isOurs(address: string): boolean {
  const own = Object.values(networkInterfaces()).flatMap((interfaces) => interfaces ?? [])
  return own.some((known) => known.address === address)
}
