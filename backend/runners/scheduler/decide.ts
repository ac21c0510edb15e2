import { AppError } from '../../errors.ts'
import { type Entry, isIdle, isWanted, occupant, type Waiter } from './entry.ts'
import { roomFor, type Rules } from './room.ts'

/** The next thing to do; a pure function of what is known. Whoever does it asks again, until there is nothing. */
export type Step =
  | { readonly type: 'grant'; readonly entry: Entry; readonly waiter: Waiter }
  | Refusal
  | { readonly type: 'start' | 'stop'; readonly entry: Entry }

export interface Refusal {
  readonly type: 'refuse'
  readonly entry: Entry
  readonly waiter: Waiter
  readonly error: AppError
  /** There is no room; otherwise it rests after a failure. */
  readonly isForRoom: boolean
}

export function decide(entries: readonly Entry[], rules: Rules, nowMs: number): Step | undefined {
  const ending = entries.find((entry) => isToEnd(entry, nowMs))
  return ending ? { type: 'stop', entry: ending } : stepForRequests(entries, rules, nowMs)
}

/** When there may be something to do although nothing happens. */
export function nextDueMs(entries: readonly Entry[]): number {
  return Math.min(
    ...entries.map((entry) => {
      if (entry.phase === 'stopped') return isWanted(entry) ? entry.restsUntilMs || Infinity : Infinity
      return expiresAtMs(entry)
    }),
  )
}

/** Infinity: not as things are. */
export function expiresAtMs(entry: Entry): number {
  return isIdle(entry) && !entry.isPinned ? entry.lastUsedMs + entry.keepAliveMs : Infinity
}

function isToEnd(entry: Entry, nowMs: number): boolean {
  const isUp = entry.phase === 'ready' || entry.phase === 'starting'
  return (isUp && entry.isLeaving && entry.active === 0) || expiresAtMs(entry) <= nowMs
}

/** In the order in which they came: what an earlier one needs, later ones leave alone. */
function stepForRequests(entries: readonly Entry[], rules: Rules, nowMs: number): Step | undefined {
  /** Who goes for an earlier request. */
  const claimed = new Set<Entry>()
  /** Who waits for room. */
  const pending = new Set<Entry>()
  for (const entry of entries.filter(isWanted).toSorted(byArrival)) {
    const [waiter] = entry.waiting
    if (entry.phase === 'ready') {
      const isFree = !entry.isLeaving && entry.active < entry.limits.parallel
      if (waiter && isFree && !claimed.has(entry)) return { type: 'grant', entry, waiter }
    }
    if (entry.phase !== 'stopped') continue
    const step = stepForStopped(entry, { entries, claimed, pending, rules, nowMs })
    if (step) return step
    pending.add(entry)
  }
  return undefined
}

interface Situation {
  readonly entries: readonly Entry[]
  readonly claimed: Set<Entry>
  readonly pending: ReadonlySet<Entry>
  readonly rules: Rules
  readonly nowMs: number
}

function stepForStopped(entry: Entry, situation: Situation): Step | undefined {
  const { entries, claimed, pending, rules, nowMs } = situation
  if (entry.restsUntilMs > nowMs) {
    return refusal(entry, { error: restError(entry, entry.restsUntilMs - nowMs), isForRoom: false })
  }
  const running = entries
    .filter((other) => other !== entry && (other.phase !== 'stopped' || pending.has(other)))
    .map((other) => occupant(other, pending.has(other)))
  const room = roomFor({ id: entry.id, ...entry.limits }, running, rules)
  if (room.type === 'later') return undefined
  if (room.type === 'never') {
    return refusal(entry, { error: roomError(entry, room.because), isForRoom: true })
  }
  const leaving = entries.filter(({ id }) => room.evicted.includes(id))
  if (leaving.length === 0) return { type: 'start', entry }
  for (const one of leaving) claimed.add(one)
  const free = leaving.find(canGoNow)
  return free && { type: 'stop', entry: free }
}

function canGoNow({ phase, active, waiting }: Entry): boolean {
  return (phase === 'ready' && active === 0) || (phase === 'starting' && waiting.length === 0)
}

/** Who is only kept is tried again when that can be. */
function refusal(entry: Entry, why: Pick<Refusal, 'error' | 'isForRoom'>): Step | undefined {
  const [waiter] = entry.waiting
  return waiter && { type: 'refuse', entry, waiter, ...why }
}

function byArrival(left: Entry, right: Entry): number {
  return arrival(left) - arrival(right)
}

/** Larger than every number, and still to be subtracted. */
function arrival({ waiting }: Entry): number {
  return waiting[0]?.number ?? Number.MAX_SAFE_INTEGER
}

function restError({ id, error }: Entry, leftMs: number): AppError {
  const why = error ? ` ${error.message}` : ''
  const seconds = Math.ceil(leftMs / 1000)
  return new AppError(
    'engine_unavailable',
    `The runner "${id}" failed again and again; it is tried again in ${seconds} s.${why}`,
  )
}

function roomError({ id }: Entry, because: string): AppError {
  return new AppError('engine_unavailable', `There is no room for the runner "${id}": ${because}`)
}
