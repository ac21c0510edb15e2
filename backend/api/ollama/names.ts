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

/** What programs list things as, by their ids: a character by its name, unless another one has that name as well. */
export function listedNames(all: readonly Talkable[]): ReadonlyMap<string, string> {
  const owners = new Map<string, number>()
  for (const alias of all.flatMap(({ aliases }) => aliases)) owners.set(alias, (owners.get(alias) ?? 0) + 1)
  return new Map(
    all.map(({ id, kind, aliases: [alias] }) => {
      const isByName = kind === 'character' && alias !== undefined && owners.get(alias) === 1
      return [id, tagged(isByName ? alias : id)]
    }),
  )
}
