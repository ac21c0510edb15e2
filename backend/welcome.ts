import { type DoorName, type DoorStatus, type DoorStatuses } from '#shared/protocol/doors.ts'
import { mainPort } from './api/doors/door-plan.ts'
import { type Config } from './config.ts'
import { type Engines } from './engines/registry.ts'
import { isLoopback } from './socket/access.ts'
import { ownCertFile, speaksTls } from './tls/certificate.ts'
import { lanAddresses } from './tls/own-names.ts'

export interface WelcomeFacts {
  readonly config: Config
  /** Of the pages and our own sockets; undefined: there are none. */
  readonly port: number | undefined
  readonly engines: ReturnType<Engines['statuses']>
  readonly doors: DoorStatuses
}

const DOOR_TITLES: Readonly<Record<DoorName, string>> = {
  openai: 'OpenAI',
  ollama: 'Ollama',
  lmstudio: 'LM Studio',
  realtime: 'Realtime',
}
const PATHS: Partial<Record<DoorName, string>> = { openai: '/v1', realtime: '/v1/realtime' }
const MOST_ADDRESSES = 3

/** What is printed when the server is ready: where it is, and what it runs with. */
export function welcomeText({ config, port, engines, doors }: WelcomeFacts): string {
  const scheme = speaksTls(config) ? 'https' : 'http'
  const host = isEverywhere(config) || isLoopback(config.host) ? 'localhost' : config.host
  const mainUrl = port === undefined ? undefined : `${scheme}://${host}:${port}`
  const doorUrl = (name: DoorName, door: DoorStatus): string =>
    door.port === undefined ? `${mainUrl}${PATHS[name] ?? ''}` : `http://${host}:${door.port}`
  const open = doorsOf(doors).filter(([, { state }]) => state === 'open')
  const urls = open.map(([name, door]) => `  ${DOOR_TITLES[name].padEnd(10)}${doorUrl(name, door)}`)
  return [
    `Troupe is ready: ${mainUrl ?? open.map(([name, door]) => doorUrl(name, door)).join(', ')}`,
    ...(port === undefined ? [] : otherAddresses(config, `${scheme}://`, port)),
    ...certificateNote(config),
    ...Object.entries(engines).map(
      ([kind, { name, ready, detail }]) =>
        `  ${kind.padEnd(4)}${name}${ready ? '' : ' (not ready)'}${detail ? `: ${detail}` : ''}`,
    ),
    ...(open.length === 0 ? [] : ['For other programs:', ...urls]),
    ...Object.values(doors).flatMap(({ error }) => (error === undefined ? [] : [error])),
  ].join('\n')
}

function doorsOf(doors: DoorStatuses): [DoorName, DoorStatus][] {
  const { openai, ollama, lmstudio, realtime } = doors
  return [
    ['openai', openai],
    ['realtime', realtime],
    ['ollama', ollama],
    ['lmstudio', lmstudio],
  ]
}

function isEverywhere({ host }: Config): boolean {
  return host === '0.0.0.0' || host === '::'
}

/** Where pages are opened on other devices. */
function otherAddresses(config: Config, scheme: string, port: number): string[] {
  if (!isEverywhere(config) || !mainPort(config).hasOwnApi) return []
  const addresses = lanAddresses().slice(0, MOST_ADDRESSES)
  return addresses.map((address) => `  from other devices: ${scheme}${address}:${port}`)
}

function certificateNote(config: Config): string[] {
  const file = ownCertFile(config)
  if (file === undefined) return []
  return [`  Its certificate is of its own making (${file}), so browsers ask once whether to trust it.`]
}
