const SECRET = /(?:^|_)(?:api_key|key|token|password|secret)$/u

/** A settings file without what lets others in or costs money. @returns undefined if it is no settings file. */
export function withoutKeys(text: string): string | undefined {
  const settings = objectIn(text)
  return settings && `${JSON.stringify(cleaned(settings), undefined, 2)}\n`
}

/** The settings of a backup, with the keys that are known here. */
export function withKeysOf(backup: string, present: string | undefined): string {
  const settings = objectIn(backup) ?? {}
  const keys = Object.entries(objectIn(present ?? '{}') ?? {}).filter(([name]) => SECRET.test(name))
  return `${JSON.stringify({ ...settings, ...Object.fromEntries(keys) }, undefined, 2)}\n`
}

function cleaned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleaned)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([name]) => !SECRET.test(name))
  return Object.fromEntries(kept.map(([name, inner]) => [name, cleaned(inner)]))
}

/** @returns undefined if it is no JSON object. */
export function objectIn(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
