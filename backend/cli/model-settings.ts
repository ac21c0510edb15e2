import { ModelSettings } from '#shared/entities.ts'
import { CliError, EXIT } from './exit.ts'

const KEYS = ModelSettings.keyof().options

/** `temperature`, `0.7` → `{ temperature: 0.7 }`. @throws CliError that names the key and what is allowed. */
export function readSetting(key: string, value: string): ModelSettings {
  const name = key.replaceAll('-', '_')
  if (!KEYS.some((known) => known === name)) {
    throw new CliError(EXIT.usage, `There is no setting "${key}"; there are ${KEYS.join(', ')}`)
  }
  const parsed = ModelSettings.safeParse({ [name]: valueOf(name, value) })
  if (parsed.success) return parsed.data
  const reason = parsed.error.issues[0]?.message ?? ''
  throw new CliError(EXIT.usage, `"${key}" cannot be "${value}": ${reason}`)
}

/** `temperature=0.7` and the like, later ones over earlier ones. @throws CliError */
export function readSettings(pairs: readonly string[]): ModelSettings {
  const settings = pairs.map((pair) => {
    const at = pair.indexOf('=')
    if (at < 1) throw new CliError(EXIT.usage, `"${pair}" is no setting; write --set temperature=0.7`)
    return readSetting(pair.slice(0, at).trim(), pair.slice(at + 1).trim())
  })
  return ModelSettings.parse(Object.assign({}, ...settings))
}

function valueOf(name: string, value: string): unknown {
  if (name === 'stop') return value.split(',')
  if (name === 'model' || name === 'reasoning_effort') return value
  return value === '' ? Number.NaN : Number(value)
}
