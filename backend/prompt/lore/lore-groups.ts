import { chanceOf } from '../seeded.ts'
import { type CompiledEntry } from './compiled-book.ts'

export interface GroupRules {
  readonly turnSeed: string
  isSticky(entry: CompiledEntry): boolean
  /** How many of its keys were found. */
  score(entry: CompiledEntry): number
  /** Groups of which one is told already. */
  readonly taken: ReadonlySet<string>
}

/** Of the entries of an inclusion group only one is told. @returns those of the hits that may be. */
export function groupWinners(hits: readonly CompiledEntry[], rules: GroupRules): readonly CompiledEntry[] {
  const lost = new Set<CompiledEntry>()
  const names = new Set(hits.flatMap(({ groups }) => groups))
  for (const name of names) {
    const members = hits.filter((hit) => hit.groups.includes(name) && !lost.has(hit))
    const winners = new Set(winnersOf(name, members, rules))
    for (const member of members) if (!winners.has(member)) lost.add(member)
  }
  return hits.filter((hit) => !lost.has(hit))
}

function winnersOf(
  name: string,
  members: readonly CompiledEntry[],
  rules: GroupRules,
): readonly CompiledEntry[] {
  const sticky = members.filter((member) => rules.isSticky(member))
  if (sticky.length > 0) return sticky
  if (rules.taken.has(name)) return []
  const best = withoutLowScores(members, rules)
  const overriding = best.filter(({ entry }) => entry.is_group_override)
  const [foremost] = overriding.toSorted((one, other) => other.entry.order - one.entry.order)
  const winner = foremost ?? drawn(name, best, rules.turnSeed)
  return winner ? [winner] : []
}

function withoutLowScores(members: readonly CompiledEntry[], rules: GroupRules): readonly CompiledEntry[] {
  if (!members.some(({ entry }) => entry.scores_group)) return members
  const best = Math.max(...members.map((member) => rules.score(member)))
  return members.filter((member) => !member.entry.scores_group || rules.score(member) === best)
}

/** By weight; the dice are the group's, so that they do not depend on what else was rolled. */
function drawn(name: string, members: readonly CompiledEntry[], turnSeed: string): CompiledEntry | undefined {
  const total = members.reduce((sum, { entry }) => sum + entry.group_weight, 0)
  let rest = chanceOf(turnSeed, 'group', name) * total
  for (const member of members) {
    rest -= member.entry.group_weight
    if (rest < 0) return member
  }
  return members.at(-1)
}
