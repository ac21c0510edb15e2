import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { type Config } from '../config.ts'
import { loadConfig } from '../config-sources.ts'
import { AppError } from '../errors.ts'
import { speaksTls } from '../tls/certificate.ts'
import { type ServerAddress } from './client.ts'
import { CliError, EXIT, toCliError } from './exit.ts'
import { type ConnectionFlags, settingsEnvironment, settingsFlags } from './settings.ts'
import { type Terminal } from './terminal.ts'
import { fetchTrusting, givenTrust, localTrust } from './trust.ts'

export interface Server extends AsyncDisposable {
  readonly address: ServerAddress
  /** Which Troupe it is, whatever port it has: what is remembered for it is remembered under this. */
  readonly identity: string
}

const PROBE_TIMEOUT_MS = 1_500
const Health = z.object({ status: z.literal('ok'), version: z.string(), engines: z.unknown() })

/**
 * Finds the Troupe to talk with: the one that was named, else the one that runs on this machine, else a server of our
 * own on the data directory, which ends with the command.
 */
export async function openServer(flags: ConnectionFlags, terminal: Terminal): Promise<Server> {
  const named = namedServer(flags, terminal)
  if (named) return named
  const config = readConfig(flags, terminal)
  const isDirectoryNamed = 'data_dir' in flags.settings || Boolean(terminal.env['TROUPE_DATA_DIR'])
  const address = isDirectoryNamed ? undefined : await runningHere(config)
  if (address) return running(flags, { address, config, terminal })
  try {
    const { startOwnServer } = await import('./own-server.ts')
    return await startOwnServer(config, terminal)
  } catch (thrown) {
    if (!isInUse(thrown)) throw toCliError(thrown)
    const found = await runningHere(config)
    if (found) return running(flags, { address: found, config, terminal })
    throw new CliError(
      EXIT.failure,
      `Another Troupe uses the data directory ${resolve(config.data_dir)}, and does not answer at ${localAddresses(config)[0].url}; say where it is with --url http://…, stop it, or choose another directory with --data-dir`,
      { cause: thrown },
    )
  }
}

/** The Troupe to talk with, if one runs; otherwise nothing is started. */
export async function runningServer(flags: ConnectionFlags, terminal: Terminal): Promise<Server | undefined> {
  const named = namedServer(flags, terminal)
  if (named) return named
  const config = readConfig(flags, terminal)
  const isDirectoryNamed = 'data_dir' in flags.settings || Boolean(terminal.env['TROUPE_DATA_DIR'])
  if (isDirectoryNamed && !(await isHeld(config.data_dir))) return undefined
  const address = await runningHere(config)
  return address && running(flags, { address, config, terminal })
}

/** Whether some Troupe is using the data of a directory. */
async function isHeld(dataDir: string): Promise<boolean> {
  if (!existsSync(dataDir)) return false
  const { holdLock } = await import('../store/sqlite/lock.ts')
  try {
    holdLock(join(dataDir, 'troupe.db'))[Symbol.dispose]()
    return false
  } catch (thrown) {
    if (isInUse(thrown)) return true
    throw toCliError(thrown)
  }
}

function namedServer(flags: ConnectionFlags, terminal: Terminal): Server | undefined {
  const url = flags.url ?? (terminal.env['TROUPE_URL'] || undefined)
  if (url === undefined) return undefined
  const token = flags.settings['token'] ?? (terminal.env['TROUPE_TOKEN'] || undefined)
  const ca = flags.ca ?? (terminal.env['TROUPE_CA'] || undefined)
  return remote({ url: serverUrl(url), token, trust: givenTrust(ca, flags.isInsecure ?? false) })
}

/** `localhost:8000` will do. @throws CliError `usage` */
export function serverUrl(given: string): string {
  const address = /^[a-z]+:\/\//i.test(given) ? given.replace(/^ws/i, 'http') : `http://${given}`
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new CliError(EXIT.usage, `"${given}" is not an address; write --url http://127.0.0.1:8000`)
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

function readConfig(flags: ConnectionFlags, { env }: Terminal): Config {
  return loadConfig(settingsFlags(flags), settingsEnvironment(env))
}

function running(
  flags: ConnectionFlags,
  { address, config, terminal }: { address: ServerAddress; config: Config; terminal: Terminal },
): Server {
  const idle = Object.keys(flags.settings).filter(
    (key) => !['token', 'host', 'port', 'data_dir'].includes(key),
  )
  if (idle.length > 0) {
    const names = idle.map((key) => `--${key.replaceAll('_', '-')}`).join(', ')
    terminal.say(`${names}: without effect, as the Troupe that runs at ${address.url} has its own settings`)
  }
  return { ...remote(address), identity: resolve(config.data_dir) }
}

function remote(address: ServerAddress): Server {
  return { address, identity: address.url, [Symbol.asyncDispose]: () => Promise.resolve() }
}

/** Where a server with these settings listens, seen from this machine. It may have been started with `--https`. */
function localAddresses(config: Config): [ServerAddress, ...ServerAddress[]] {
  const anywhere: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }
  const host = anywhere[config.host] ?? (config.host.includes(':') ? `[${config.host}]` : config.host)
  const token = config.token ?? keptToken(config)
  const trust = localTrust(config)
  const plain = { url: `http://${host}:${config.port}`, token }
  const secure = { url: `https://${host}:${config.port}`, token, trust }
  if (speaksTls(config)) return [secure]
  return trust ? [plain, secure] : [plain]
}

/** The Troupe that runs on this machine with these settings, if one does. */
async function runningHere(config: Config): Promise<ServerAddress | undefined> {
  for (const address of localAddresses(config)) {
    if (await isTroupe(address)) return address
  }
  return undefined
}

/** What a server that can be reached from elsewhere has made up for itself. */
function keptToken(config: Config): string | undefined {
  const file = join(config.data_dir, 'token')
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined
}

async function isTroupe({ url, trust }: ServerAddress): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS)
    const response = await fetchTrusting(trust, `${url}/health`, { signal })
    return Health.safeParse(await response.json()).success
  } catch {
    return false
  }
}

/** Whether somebody else holds the database. */
function isInUse(thrown: unknown): boolean {
  if (!(thrown instanceof AppError) || !(thrown.cause instanceof Error)) return false
  return 'code' in thrown.cause && thrown.cause.code === 'SQLITE_BUSY'
}
