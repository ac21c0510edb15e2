import { type Path } from '../report.ts'
import { isObject, member, withMember, type JsonObject } from './values.ts'

/** What is to become of a value. All that it does not name stays as it is, to the byte. */
export type Change =
  | { readonly kind: 'set'; readonly value: unknown }
  | { readonly kind: 'remove' }
  | { readonly kind: 'members'; readonly members: ReadonlyMap<string, Change> }
  | { readonly kind: 'items'; readonly items: readonly Item[] }

/** An item of an array as it is to be: one that was there, or a new one. */
export type Item =
  | { readonly from: number; readonly change?: Change | undefined }
  | { readonly value: unknown }

export function set(value: unknown): Change {
  return { kind: 'set', value }
}

export const REMOVE: Change = { kind: 'remove' }

/** The change of what stands at a path below. */
export function at(path: Path, change: Change): Change {
  return path.reduceRight<Change>(
    (inner, step) => ({ kind: 'members', members: new Map([[String(step), inner]]) }),
    change,
  )
}

/** Both changes; the later one where they are about the same value. */
export function both(one: Change | undefined, other: Change | undefined): Change | undefined {
  if (!one || !other) return other ?? one
  if (one.kind !== 'members' || other.kind !== 'members') return other
  const members = new Map(one.members)
  for (const [key, change] of other.members) {
    members.set(key, both(members.get(key), change) ?? change)
  }
  return { kind: 'members', members }
}

export function all(changes: Iterable<Change | undefined>): Change | undefined {
  return [...changes].reduce<Change | undefined>(both, undefined)
}

/** What a value is after the change; undefined: nothing. */
export function changed(value: unknown, change: Change): unknown {
  switch (change.kind) {
    case 'set':
      return change.value
    case 'remove':
      return undefined
    case 'items':
      return change.items.map((item) =>
        'value' in item ? item.value : changedItem(member(value, item.from), item.change),
      )
    default:
      return changedMembers(value, change.members)
  }
}

function changedItem(value: unknown, change: Change | undefined): unknown {
  return change ? changed(value, change) : value
}

function changedMembers(value: unknown, members: ReadonlyMap<string, Change>): JsonObject | undefined {
  let object: JsonObject = isObject(value) ? value : {}
  for (const [key, change] of members) {
    const next = changed(member(object, key), change)
    object = next === undefined ? withoutMember(object, key) : withMember(object, key, next)
  }
  // Taking something out of nothing makes nothing.
  return value === undefined && Object.keys(object).length === 0 ? undefined : object
}

function withoutMember(object: JsonObject, key: string): JsonObject {
  if (!Object.hasOwn(object, key)) return object
  // Object.fromEntries makes own members of all names, `__proto__` too.
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key))
}
