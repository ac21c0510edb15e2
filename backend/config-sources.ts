import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { Config } from './config.ts'
import { isSwitch } from './config-fields.ts'
import { AppError } from './errors.ts'

/** Reads the settings: flag > environment > `troupe.config.json` in the data directory > default. */

export const CONFIG_FILE = 'troupe.config.json'
/** In the data directory, unless `runners_file` names another. */
export const RUNNERS_FILE = 'runners.json'

const KEYS = Config.keyof().options
const SWITCHES = new Set(KEYS.filter((key) => isSwitch(Config.shape[key])).map(flagOf))
/** Settings that are known by their bare name, as everywhere on servers. */
const BARE_NAMES = new Set<string>(['host', 'port'])
/** Variables with our prefix that are not settings of the server. */
const NOT_SETTINGS = new Set(['TROUPE_TEST_AUDIO', 'TROUPE_TEST_OPENAI_SCHEMAS', 'TROUPE_URL', 'TROUPE_CA'])
const SECRETS = new Set<string>([
  'token',
  'llm_api_key',
  'stt_api_key',
  'tts_api_key',
  'brave_api_key',
  'tavily_api_key',
  'hf_token',
])
/** What a key is called inside other settings, e.g. in `llm_fallbacks`. */
const MAY_HOLD_SECRETS = new Set<string>(['llm_fallbacks'])
const SECRET_FIELDS = /^(?:api_key|token)$/u

/** Settings that may also be written as one object. */
const GROUPS = new Set(['llm', 'stt', 'tts'])
const GroupObject = z.record(z.string(), z.unknown())

type Source = Readonly<Record<string, unknown>>

/**
 * @param argv arguments after the script's name.
 * @param fileText what is taken for the settings file; absent: what is in it.
 * @throws AppError `config_invalid` whose sentence names the key, the value and what is allowed.
 */
export function loadConfig(argv: readonly string[], env: NodeJS.ProcessEnv, fileText?: string): Config {
  const flags = fromFlags(argv)
  const environment = fromEnvironment(env)
  const direct = { ...environment, ...flags }
  const file = fromFile(dataDirOf(direct), fileText)
  const names = (key: string): string => nameOf(key, { flags, environment })
  return parse({ ...file, ...direct }, names)
}

/** What flags and the environment decide, by key, with the name it has there: the settings file does not count for it. */
export function fixedSettings(argv: readonly string[], env: NodeJS.ProcessEnv): Record<string, string> {
  const environment = Object.keys(fromEnvironment(env)).map((key) => [key, environmentNameOf(key)])
  const flags = Object.keys(fromFlags(argv)).map((key) => [key, flagOf(key)])
  return Object.fromEntries([...environment, ...flags])
}

/** For editors: the schema of `troupe.config.json`. */
export function configJsonSchema(): unknown {
  const schema = z.toJSONSchema(Config.partial(), { io: 'input', unrepresentable: 'any' })
  const properties = { $schema: { type: 'string' as const }, ...schema.properties }
  return { ...schema, title: 'Troupe settings', properties: { ...properties, ...groupSchemas(properties) } }
}

/** An engine's settings one by one, or together in an object. */
function groupSchemas(properties: Source): Source {
  const groups = [...GROUPS].map((group) => {
    const prefix = `${group}_`
    const inner = Object.entries(properties).filter(([key]) => key.startsWith(prefix))
    const fields = inner.map(([key, schema]) => [key.slice(prefix.length), schema])
    const object = {
      type: 'object',
      additionalProperties: false,
      properties: { engine: properties[group], ...Object.fromEntries(fields) },
    }
    return [group, { anyOf: [properties[group], object] }]
  })
  return Object.fromEntries(groups)
}

export function flagOf(key: string): string {
  return `--${key.replaceAll('_', '-')}`
}

export function environmentNameOf(key: string): string {
  const upper = key.toUpperCase()
  return BARE_NAMES.has(key) ? upper : `TROUPE_${upper}`
}

function fromFlags(argv: readonly string[]): Source {
  const options = Object.fromEntries(
    KEYS.map((key) => [key.replaceAll('_', '-'), { type: 'string' as const }]),
  )
  try {
    const args = withSwitchesSet(argv)
    const { values } = parseArgs({ args, options, strict: true, allowPositionals: false })
    return Object.fromEntries(
      Object.entries(values).map(([flag, value]) => [flag.replaceAll('-', '_'), value]),
    )
  } catch (error) {
    throw new AppError('config_invalid', `${messageOf(error)}. Known flags: ${KEYS.map(flagOf).join(' ')}`, {
      cause: error,
    })
  }
}

/** `--headless` alone means `--headless=true`. */
function withSwitchesSet(argv: readonly string[]): string[] {
  return argv.map((arg, index) => {
    const isAlone = argv[index + 1]?.startsWith('--') ?? true
    return isAlone && SWITCHES.has(arg) ? `${arg}=true` : arg
  })
}

function fromEnvironment(env: NodeJS.ProcessEnv): Source {
  const known = new Map(KEYS.map((key) => [environmentNameOf(key), key]))
  const entries: [string, string][] = []
  for (const [name, value] of Object.entries(env)) {
    // An empty variable is how compose files say "not set".
    if (value === undefined || value === '') continue
    const key = known.get(name)
    if (key) entries.push([key, value])
    else if (name.startsWith('TROUPE_') && !NOT_SETTINGS.has(name)) throw unknownKey(name, [...known.keys()])
  }
  return Object.fromEntries(entries)
}

function fromFile(dataDir: string, given: string | undefined): Source {
  const path = join(dataDir, CONFIG_FILE)
  const text = given ?? readIfThere(path)
  if (text === undefined) return {}
  const { $schema: _schema, data_dir: dataDirInFile, ...written } = parseJsonObject(text, path)
  const settings = flattened(written, path)
  if (dataDirInFile !== undefined) {
    throw new AppError(
      'config_invalid',
      `"data_dir" cannot stand in ${path}, which lies in it; use --data-dir or TROUPE_DATA_DIR`,
    )
  }
  for (const key of Object.keys(settings)) {
    if (!KEYS.some((known) => known === key)) throw unknownKey(key, KEYS, path)
  }
  return settings
}

/** `"llm": { "base_url": … }` says the same as `"llm_base_url": …`, and `"engine"` in it what `"llm"` alone would. */
function flattened(settings: Source, path: string): Source {
  const flat: Record<string, unknown> = {}
  const add = (key: string, value: unknown): void => {
    if (key in flat)
      throw new AppError('config_invalid', `"${key}" stands twice in ${path}; leave one of them`)
    flat[key] = value
  }
  for (const [key, value] of Object.entries(settings)) {
    const group = GROUPS.has(key) ? GroupObject.safeParse(value).data : undefined
    if (!group) add(key, value)
    for (const [field, inner] of Object.entries(group ?? {})) {
      add(field === 'engine' ? key : `${key}_${field}`, inner)
    }
  }
  return flat
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new AppError('config_invalid', `Cannot read ${path}: ${messageOf(error)}`, { cause: error })
  }
}

function parseJsonObject(text: string, path: string): Source {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text))
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : 'it must hold one JSON object'
    throw new AppError('config_invalid', `Cannot read ${path}: ${reason}`, { cause: error })
  }
}

function dataDirOf(source: Source): string {
  return z.string().min(1).catch('./data').parse(source['data_dir'])
}

function parse(source: Source, names: (key: string) => string): Config {
  const parsed = Config.safeParse(source)
  if (parsed.success) return parsed.data
  const sentences = parsed.error.issues.map((issue) => {
    const key = issue.path.map(String).join('.')
    return `${names(key)} is ${shown(key, valueAt(source, issue.path))}, but ${allowed(issue)}`
  })
  throw new AppError('config_invalid', `Wrong setting: ${sentences.join('; ')}`, {
    issues: parsed.error.issues,
  })
}

function nameOf(key: string, sources: { flags: Source; environment: Source }): string {
  const top = key.split('.')[0] ?? key
  if (top in sources.flags) return flagOf(top)
  if (top in sources.environment) return environmentNameOf(top)
  return `"${key}" in ${CONFIG_FILE}`
}

function valueAt(source: unknown, path: readonly PropertyKey[]): unknown {
  let value = source
  for (const step of path) {
    const whole = typeof value === 'string' ? partsOf(value) : value
    value = typeof whole === 'object' && whole !== null ? Reflect.get(whole, step) : undefined
  }
  return value
}

/** A list that is separated by commas. (JSON is not taken apart: it may hold secrets.) */
function partsOf(text: string): string[] | undefined {
  return /^\s*[[{]/u.test(text) ? undefined : text.split(',').map((part) => part.trim())
}

function shown(key: string, value: unknown): string {
  const field = key.split('.').at(-1) ?? key
  if (SECRETS.has(key) || SECRET_FIELDS.test(field)) return 'not usable'
  // As text, it may hold secrets that cannot be told from the rest.
  if (MAY_HOLD_SECRETS.has(key) && typeof value === 'string') return 'not usable'
  return JSON.stringify(value, (name, inner: unknown) => (SECRET_FIELDS.test(name) ? '…' : inner))
}

function allowed(issue: z.core.$ZodIssue): string {
  const message = issue.message.replace(/^Invalid (input|option): /, '').replace(/^Too (small|big): /, '')
  return message.startsWith('expected') ? message.replace('expected', 'must be') : `must be right: ${message}`
}

function unknownKey(name: string, known: readonly string[], where?: string): AppError {
  const place = where ? ` in ${where}` : ''
  return new AppError(
    'config_invalid',
    `Unknown setting "${name}"${place}. Known settings: ${known.join(', ')}`,
  )
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
