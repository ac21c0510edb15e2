import { type Talkable } from '../core/contract.ts'

/** Where programs say nothing else, they mean the latest. */
const LATEST = ':latest'

/** `llama3.1` → `llama3.1:latest`; what has a tag keeps it. */
export function tagged(name: string): string {
  return /:[^/]*$/.test(name) ? name : `${name}${LATEST}`
}

/** `llama3.1:latest` → `llama3.1`. */
export function untagged(name: string): string {
  return name.toLowerCase().endsWith(LATEST) ? name.slice(0, -LATEST.length) : name
}

/** What programs list it as: a character by its name, unless another one has that name as well. */
export function listedName(talkable: Talkable, all: readonly Talkable[]): string {
  const [alias] = talkable.aliases
  if (talkable.kind !== 'character' || alias === undefined) return tagged(talkable.id)
  const isShared = all.some((other) => other.id !== talkable.id && other.aliases.includes(alias))
  return tagged(isShared ? talkable.id : alias)
}
