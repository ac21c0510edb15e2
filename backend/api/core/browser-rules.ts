import { hostname } from 'node:os'
import ipaddr from 'ipaddr.js'
import { type FastifyInstance, type FastifyReply } from 'fastify'
import { Kept } from '../../lib/kept.ts'
import { type AccessRules } from '../../socket/access.ts'
import { type DoorDeps } from './door-deps.ts'

/** Who may use a door, as the settings say. */
export function accessTo({ config, token }: Pick<DoorDeps, 'config' | 'token'>): AccessRules {
  return {
    token,
    allowedHosts: [...config.allowed_hosts, config.host],
    allowedOrigins: config.allowed_origins,
  }
}

/** Which pages in a browser may use a door that programs use without a token, as Ollama's rules have it. */
export interface BrowserRules {
  /** Names of this server, besides those that can only be meant for this machine or its network. */
  readonly allowedHosts: readonly string[]
  /** Further origins; `*` allows every page. */
  readonly allowedOrigins: readonly string[]
}

const LOCAL_ORIGIN = /^https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0)(?::\d+)?$/i
/** Programs built from web pages: their pages come from the program itself. */
const APP_ORIGIN = /^(?:app|file|tauri|vscode-webview|vscode-file):\/\//i
const METHODS = 'GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS'
const STAINLESS = [
  'lang',
  'package-version',
  'os',
  'arch',
  'retry-count',
  'runtime',
  'runtime-version',
  'async',
  'helper-method',
  'poll-helper',
  'custom-poll-interval',
  'timeout',
]
const HEADERS = [
  'Authorization',
  'Content-Type',
  'User-Agent',
  'Accept',
  'X-Requested-With',
  'OpenAI-Beta',
  ...STAINLESS.map((name) => `x-stainless-${name}`),
].join(', ')
const PREFLIGHT_SECONDS = 43_200

/**
 * Refuses what a foreign page makes a browser send (403 without a body), and answers the questions that browsers ask
 * before they send something for a page that may.
 */
export function guardBrowsers(app: FastifyInstance, rules: BrowserRules): void {
  // Who asks again is not looked at again.
  const lastOne = new Kept<boolean>()
  app.addHook('onRequest', (request, reply, done) => {
    const { host, origin } = request.headers
    const { localAddress } = request.socket
    if (!lastOne.of([localAddress, host, origin], () => mayPass({ localAddress, host, origin }, rules))) {
      void reply.code(403).send()
      return
    }
    if (origin !== undefined) allow(reply, origin)
    if (request.method === 'OPTIONS' && origin !== undefined) {
      void reply.code(204).header('access-control-max-age', PREFLIGHT_SECONDS).send()
    } else done()
  })
  // The socket of a refused upgrade belongs to nobody; left alone it would keep the server from closing.
  app.addHook('onResponse', async (request) => {
    if (request.headers.upgrade !== undefined) request.raw.socket.destroy()
  })
}

interface Visitor {
  /** The address of ours that it came to. */
  readonly localAddress: string | undefined
  readonly host: string | undefined
  readonly origin: string | undefined
}

function mayPass({ localAddress, host, origin }: Visitor, rules: BrowserRules): boolean {
  if (isLoopbackAddress(localAddress) && !isHostAllowed(host, rules)) return false
  return origin === undefined || isOriginAllowed(origin, host, rules)
}

/** Against DNS rebinding: a name that any server of the world may have must be ours before this machine answers to it. */
export function isHostAllowed(host: string | undefined, { allowedHosts }: BrowserRules): boolean {
  const name = nameOf(host ?? '')
  if (ipaddr.isValid(name)) return isPrivate(name)
  const own = ['', 'localhost', hostname().toLowerCase(), ...allowedHosts.map((known) => known.toLowerCase())]
  return own.includes(name) || /\.(?:localhost|local|internal)$/.test(name)
}

/** Whether pages of this origin may use the door. */
export function isOriginAllowed(
  origin: string,
  host: string | undefined,
  { allowedOrigins }: BrowserRules,
): boolean {
  if (LOCAL_ORIGIN.test(origin) || APP_ORIGIN.test(origin)) return true
  if (allowedOrigins.some((allowed) => allowed === '*' || allowed === origin)) return true
  return URL.canParse(origin) && new URL(origin).host !== '' && new URL(origin).host === host?.toLowerCase()
}

function allow(reply: FastifyReply, origin: string): void {
  void reply.headers({
    'access-control-allow-origin': origin,
    'access-control-allow-methods': METHODS,
    'access-control-allow-headers': HEADERS,
    vary: 'Origin',
  })
}

/** Without port and brackets. */
function nameOf(host: string): string {
  const name = host.startsWith('[') ? host.slice(1, host.indexOf(']')) : host.replace(/:\d*$/, '')
  return name.toLowerCase()
}

function isPrivate(address: string): boolean {
  return ['loopback', 'private', 'unspecified', 'linkLocal', 'uniqueLocal'].includes(
    ipaddr.process(address).range(),
  )
}

function isLoopbackAddress(address: string | undefined): boolean {
  return address === undefined || (ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback')
}
