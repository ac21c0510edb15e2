const STARTERS = 4

interface Ranked {
  readonly is_favourite: boolean
  readonly is_active: boolean
}

/** Who stands ready when the stage is empty: favourites first, then those who are usually present. */
export function startersOf<One extends Ranked>(characters: readonly One[]): One[] {
  return characters.toSorted((one, other) => rank(other) - rank(one)).slice(0, STARTERS)
}

function rank(character: Ranked): number {
  return Number(character.is_favourite) * 2 + Number(character.is_active)
}
