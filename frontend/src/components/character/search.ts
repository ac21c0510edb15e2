import { type Character } from '#shared/entities.ts'

/** Those in whose name, tags or description every word of the query occurs; favourites first, then by name. */
export function charactersMatching(characters: readonly Character[], query: string): Character[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  return characters
    .filter((character) => words.every((word) => textOf(character).includes(word)))
    .toSorted(
      (one, other) =>
        Number(other.is_favourite) - Number(one.is_favourite) || one.name.localeCompare(other.name),
    )
}

function textOf({ name, tags, description, personality }: Character): string {
  return [name, ...tags, description, personality].join('\n').toLowerCase()
}
