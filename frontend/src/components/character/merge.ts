import { type Draft, FIELDS, isSame } from './draft.ts'

interface Versions {
  /** What both began with. */
  readonly base: Draft
  readonly mine: Draft
  readonly theirs: Draft
}

interface Merge {
  /** Everything that only one side has changed, and of the rest what is mine. */
  readonly merged: Draft
  /** What both sides have changed, each to something else. */
  readonly conflicts: readonly (keyof Draft)[]
}

/** Brings together what was changed here and what was changed elsewhere, field by field. */
export function mergeDrafts({ base, mine, theirs }: Versions): Merge {
  const merged = { ...mine }
  const conflicts: (keyof Draft)[] = []
  for (const field of FIELDS) {
    if (isSame(theirs[field], base[field]) || isSame(theirs[field], mine[field])) continue
    if (isSame(mine[field], base[field])) Object.assign(merged, { [field]: theirs[field] })
    else conflicts.push(field)
  }
  return { merged, conflicts }
}
