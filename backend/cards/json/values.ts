import { type Path } from '../report.ts'

export type JsonObject = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A member of its own: never what objects inherit, whatever a card calls its members. */
export function member(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return typeof key === 'number' ? value[key] : undefined
  return isObject(value) && Object.hasOwn(value, String(key)) ? value[String(key)] : undefined
}

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce(member, value)
}

/** A copy with one more member, or another value for it. `__proto__` is a name like others. */
export function withMember(object: JsonObject, key: string, value: unknown): JsonObject {
  const copy = { ...object }
  Object.defineProperty(copy, key, { value, enumerable: true, configurable: true, writable: true })
  return copy
}
