import { type Character } from '#shared/entities.ts'

const STARTERS = 4

/** Who stands ready when the stage is empty: favourites first, then those who are usually present. */
export function startersOf(characters: readonly Character[]): Character[] {
  return characters.toSorted((one, other) => rank(other) - rank(one)).slice(0, STARTERS)
}

function rank(character: Character): number {
  return Number(character.is_favourite) * 2 + Number(character.is_active)
}
