import { Config } from '../config.ts'
import { environmentNameOf, flagOf } from '../config-sources.ts'

/** Where a command finds its Troupe: what was said on the command line. */
export interface ConnectionFlags {
  readonly url?: string | undefined
  /** File of a certificate that is trusted. */
  readonly ca?: string | undefined
  /** Whether any certificate will do. */
  readonly isInsecure?: boolean
  /** Settings of the server, by their key in docs/configuration.md. */
  readonly settings: Readonly<Record<string, string>>
}

const OLLAMA_PORT = '11434'

/**
 * The environment as the settings are read from it: without what is the command's own, and with the names that older
 * chat programs use for the same things. A setting's own name wins over them.
 */
export function settingsEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { TROUPE_URL: _url, TROUPE_CA: _ca, ...rest } = env
  const borrowed = BORROWED.flatMap(([key, name, read]) => {
    const value = env[name]
    return value && key in Config.shape ? [[environmentNameOf(key), read(value)] as const] : []
  })
  return { ...Object.fromEntries(borrowed), ...withoutEmpty(rest) }
}

/** An empty variable is how compose files say "not set". */
function withoutEmpty(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
}

/** Another program's name for a setting, and how its values read here. */
const BORROWED: readonly [key: string, name: string, read: (value: string) => string][] = [
  ['llm_base_url', 'OLLAMA_HOST', ollamaUrl],
  ['llm_model', 'OLLAMA_MODEL', String],
  ['llm_fallback_models', 'OLLAMA_MODEL_FALLBACKS', String],
  ['llm_max_retries', 'RETRY_MAX_ATTEMPTS', (attempts) => String(Math.max(0, Number(attempts) - 1))],
  ['llm_retry_base_ms', 'RETRY_INITIAL_DELAY', inMilliseconds],
  ['llm_retry_max_ms', 'RETRY_MAX_DELAY', inMilliseconds],
]

function inMilliseconds(seconds: string): string {
  return String(Math.round(Number(seconds) * 1000))
}

/** `OLLAMA_HOST` as Ollama itself reads it: a host, a port or an address; 0.0.0.0 is where it listens, not where it is. */
export function ollamaUrl(host: string): string {
  const address = /^https?:\/\//.test(host)
    ? host
    : `http://${host.startsWith(':') ? `127.0.0.1${host}` : host}`
  if (!URL.canParse(address)) return host
  const url = new URL(address)
  const hasPort = /:\d+\/?$/.test(address.replace(/^https?:\/\//, ''))
  if (!hasPort && url.protocol === 'http:') url.port = OLLAMA_PORT
  if (url.hostname === '0.0.0.0' || url.hostname === '[::]') url.hostname = '127.0.0.1'
  const path = url.pathname.replace(/\/+$/, '')
  return `${url.origin}${path.endsWith('/v1') ? path : `${path}/v1`}`
}

/** The flags of the command line again, for the reader of the settings. */
export function settingsFlags({ settings }: ConnectionFlags): string[] {
  return Object.entries(settings).flatMap(([key, value]) => [flagOf(key), value])
}
