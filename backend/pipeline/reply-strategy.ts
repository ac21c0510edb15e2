import { type Character, type Message, type ReplyStrategy } from '#shared/entities.ts'

export interface Draft {
  readonly strategy: ReplyStrategy
  /** Who may speak unasked, in the order of the cast: present and not muted. */
  readonly candidates: readonly Character[]
  /** What was said lately, oldest first. */
  readonly recent: readonly Message[]
  /** The user has just spoken; otherwise characters talk among themselves, and nobody answers itself. */
  readonly isToUser: boolean
  /** 0 … 1 */
  readonly random: () => number
}

/**
 * Who speaks when nobody was called by name, in speaking order.
 * - `natural`: whoever the user is talking with, and each of the others as readily as its talkativeness says.
 * - `list`, `all`: everyone, in the order of the cast.
 * - `pooled`: one of those who spoke least, so that everyone gets a turn before anyone gets another.
 * - `manual`: nobody.
 */
export function draftSpeakers(draft: Draft): Character[] {
  const { strategy, candidates, isToUser } = draft
  const lastSpeaker = lastSpeakerOf(draft)
  const free = isToUser ? candidates : candidates.filter((character) => character !== lastSpeaker)
  if (strategy === 'manual') return []
  if (strategy === 'pooled') return pooled(draft, free, lastSpeaker)
  if (strategy === 'natural') return natural(draft, free, lastSpeaker)
  return isToUser ? [...free] : nextInList(candidates, lastSpeaker)
}

function natural({ random }: Draft, free: readonly Character[], lastSpeaker?: Character): Character[] {
  if (free.length <= 1) return [...free]
  const willing = free.filter((character) => character.talkativeness > 0)
  const others = shuffled(without(willing, lastSpeaker), random)
  const partner = willing.filter((character) => character === lastSpeaker)
  const drafted = [...partner, ...others.filter(({ talkativeness }) => talkativeness > random())]
  if (drafted.length > 0) return drafted
  const silent = [...free.filter((character) => character === lastSpeaker), ...free]
  return (others.length > 0 ? others : silent).slice(0, 1)
}

function pooled(
  { candidates, recent, random }: Draft,
  free: readonly Character[],
  lastSpeaker?: Character,
): Character[] {
  const spoken = new Map(candidates.map((character) => [character.id, 0]))
  for (const { character_id } of recent) {
    if (character_id !== null) spoken.set(character_id, (spoken.get(character_id) ?? 0) + 1)
  }
  const linesOf = ({ id }: Character): number => spoken.get(id) ?? 0
  const fewest = Math.min(...free.map(linesOf))
  const pool = free.filter((character) => linesOf(character) === fewest)
  const others = without(pool, lastSpeaker)
  return shuffled(others.length > 0 ? others : pool, random).slice(0, 1)
}

function nextInList(candidates: readonly Character[], lastSpeaker?: Character): Character[] {
  const at = lastSpeaker ? candidates.indexOf(lastSpeaker) : -1
  const next = candidates[(at + 1) % candidates.length]
  return next && next !== lastSpeaker ? [next] : []
}

function lastSpeakerOf({ candidates, recent }: Draft): Character | undefined {
  const id = recent.findLast((line) => line.role === 'assistant')?.character_id
  return candidates.find((character) => character.id === id)
}

function without(characters: readonly Character[], left: Character | undefined): Character[] {
  return characters.filter((character) => character !== left)
}

/** Fisher and Yates. */
function shuffled(characters: readonly Character[], random: () => number): Character[] {
  const order = [...characters]
  for (let last = order.length - 1; last > 0; last--) {
    const chosen = Math.floor(random() * (last + 1))
    const [a, b] = [order[last], order[chosen]]
    if (a && b) [order[last], order[chosen]] = [b, a]
  }
  return order
}
