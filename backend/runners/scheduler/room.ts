/** Who has to go so that another runner can start: a pure function of who is to start and who runs. */

export interface Rules {
  /** What all may take together; Infinity: no limit. */
  readonly memoryBytes: number
  /** How many may run at a time. */
  readonly maxRunning: number
  readonly groups: Readonly<Record<string, { readonly swap: boolean; readonly exclusive: boolean }>>
}

export interface Occupant {
  readonly id: string
  readonly memoryBytes: number
  readonly group: string | undefined
  /** Never goes for another. */
  readonly isPinned: boolean
  /** Somebody who came earlier needs it: it may go later. */
  readonly isNeeded: boolean
  /** It answers requests that have to end first. */
  readonly isBusy: boolean
  readonly lastUsedMs: number
}

export type Wanted = Pick<Occupant, 'id' | 'memoryBytes' | 'group'>

export type Room =
  /** They go, best first; with nobody in the list there is room now. */
  | { readonly type: 'after'; readonly evicted: readonly string[] }
  /** Somebody who came earlier goes first. */
  | { readonly type: 'later' }
  /** Not as long as things are as they are. */
  | { readonly type: 'never'; readonly because: string }

/** @param running everybody who runs, starts or is about to end; without the wanted one. */
export function roomFor(wanted: Wanted, running: readonly Occupant[], rules: Rules): Room {
  const excluded = running.filter((occupant) => excludes(wanted, occupant, rules))
  const pinned = excluded.find(({ isPinned }) => isPinned)
  if (pinned)
    return { type: 'never', because: `"${pinned.id}" is pinned and excludes it: unpin or stop that one` }
  if (excluded.some(({ isNeeded }) => isNeeded)) return { type: 'later' }
  const evicted = [...excluded].toSorted(inOrder)
  const others = running.filter((occupant) => !excluded.includes(occupant))
  const candidates = others.filter(({ isPinned, isNeeded }) => !isPinned && !isNeeded).toSorted(inOrder)
  for (let next: Occupant | undefined = candidates.shift(); ; next = candidates.shift()) {
    const left = others.filter((occupant) => !evicted.includes(occupant))
    if (fits(wanted, left, rules)) return { type: 'after', evicted: evicted.map(({ id }) => id) }
    if (!next) return tooLarge(wanted, others, rules)
    // What takes nothing makes no room.
    if (next.memoryBytes > 0 || left.length >= rules.maxRunning) evicted.push(next)
  }
}

/** Whoever is idle first; then the one that was used longest ago. */
function inOrder(left: Occupant, right: Occupant): number {
  return Number(left.isBusy) - Number(right.isBusy) || left.lastUsedMs - right.lastUsedMs
}

function excludes(wanted: Wanted, occupant: Occupant, { groups }: Rules): boolean {
  const isSameGroup = wanted.group !== undefined && wanted.group === occupant.group
  if (isSameGroup) return groups[occupant.group ?? '']?.swap ?? false
  const isExclusive = (group: string | undefined): boolean =>
    group !== undefined && (groups[group]?.exclusive ?? false)
  return isExclusive(wanted.group) || isExclusive(occupant.group)
}

function fits(wanted: Wanted, others: readonly Occupant[], rules: Rules): boolean {
  return others.length < rules.maxRunning && taken(others) + wanted.memoryBytes <= rules.memoryBytes
}

function taken(occupants: readonly Occupant[]): number {
  return occupants.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)
}

function tooLarge(wanted: Wanted, others: readonly Occupant[], rules: Rules): Room {
  const lasting = others.filter(({ isPinned }) => isPinned)
  if (fits(wanted, lasting, rules)) return { type: 'later' }
  if (lasting.length === 0 || wanted.memoryBytes > rules.memoryBytes) {
    const because = `it takes ${mib(wanted.memoryBytes)}, and all runners together may take ${mib(rules.memoryBytes)}: raise memory_mib`
    return { type: 'never', because }
  }
  const names = lasting.map(({ id }) => `"${id}"`).join(', ')
  return {
    type: 'never',
    because: `the pinned ${names} leave no room for it: unpin one, or raise the limits`,
  }
}

function mib(bytes: number): string {
  return `${Math.ceil(bytes / 1024 / 1024)} MiB`
}
