import { type AppError } from '../../errors.ts'
import { type Occupant } from './room.ts'

/** What the scheduler knows of one runner. */

export interface Limits {
  readonly parallel: number
  readonly maxQueue: number
  readonly memoryBytes: number
  readonly group: string | undefined
}

/** Whom a request is told by when it is its turn. */
export interface Waiter {
  /** Since it came, of all that ever came. */
  readonly number: number
  readonly granted: (generation: number) => void
  readonly refused: (error: AppError) => void
}

export interface Entry {
  readonly id: string
  limits: Limits
  phase: 'stopped' | 'starting' | 'ready' | 'stopping'
  /** Rises with each start: what is given back of an earlier one does not count. */
  generation: number
  active: number
  readonly waiting: Waiter[]
  keepAliveMs: number
  isPinned: boolean
  /** Runs although nobody asks, being pinned: it is started again after a crash. */
  isKept: boolean
  lastUsedMs: number
  /** Why it has failed; until a start succeeds. */
  error: AppError | undefined
  /** Why it was not even tried to start it the last time: there is no room. */
  refusal: AppError | undefined
  /** It is not started before. */
  restsUntilMs: number
  /** Ends as soon as nobody uses it, and takes no more requests until then. */
  isLeaving: boolean
  readonly onStopped: (() => void)[]
}

export function newEntry(id: string, limits: Limits): Entry {
  return {
    id,
    limits,
    phase: 'stopped',
    generation: 0,
    active: 0,
    waiting: [],
    keepAliveMs: Infinity,
    isPinned: false,
    isKept: false,
    lastUsedMs: 0,
    error: undefined,
    refusal: undefined,
    restsUntilMs: 0,
    isLeaving: false,
    onStopped: [],
  }
}

export function isWanted({ waiting, isPinned, isKept }: Entry): boolean {
  return waiting.length > 0 || (isPinned && isKept)
}

export function isIdle({ phase, active, waiting }: Entry): boolean {
  return phase === 'ready' && active === 0 && waiting.length === 0
}

/** @param isNeeded whether somebody who came earlier needs it. */
export function occupant(entry: Entry, isNeeded: boolean): Occupant {
  const { id, phase, active, limits, isPinned, isLeaving, waiting, lastUsedMs } = entry
  // Who is ending anyway is no longer pinned to its place, but still takes it.
  const isEnding = phase === 'stopping' || isLeaving
  return {
    id,
    memoryBytes: limits.memoryBytes,
    group: limits.group,
    isPinned: isPinned && !isEnding,
    isNeeded: isNeeded && !isEnding,
    isBusy: active > 0 || (phase === 'starting' && waiting.length > 0),
    lastUsedMs: isEnding ? -1 : lastUsedMs,
  }
}
