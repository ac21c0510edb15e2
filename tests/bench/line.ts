import { type Measured, measuredIn, type Samples } from './figures.ts'
import { type BenchRow } from './row.ts'

export type Verdict = 'pass' | 'fail' | 'info' | 'skipped' | 'machine too noisy'

/** A line of the table. */
export interface Line {
  readonly scenario: string
  readonly metric: string
  /** Absent if nothing could be measured; then `goal` says why. */
  readonly measured?: Measured
  /** What stands beside it: a hand-written minimum, another library. */
  readonly floorName: string
  readonly goal: string
  readonly verdict: Verdict
}

/** The most that is allowed of each figure. */
export interface Goal {
  readonly p50?: number
  readonly p99?: number
  readonly ratio?: number
}

export interface Question {
  readonly metric: string
  readonly floorName?: string
  readonly goal?: Goal
  /** A count of faults, for which a noisy machine is no excuse. */
  readonly isTimed?: boolean
}

/** Makes the lines of a scenario from what its rounds measured. */
export function linesOf(scenario: string, isNoisy: boolean) {
  return (question: Question, rounds: readonly Samples[]): Line => {
    const { metric, goal = {}, floorName = '', isTimed = true } = question
    const measured = measuredIn(rounds)
    const verdict = isNoisy && isTimed && !isEmpty(goal) ? 'machine too noisy' : verdictOn(measured, goal)
    return { scenario, metric, measured, floorName, goal: goalText(goal), verdict }
  }
}

export function skipped(scenario: string, reason: string): Line {
  return { scenario, metric: '', floorName: '', goal: reason, verdict: 'skipped' }
}

/** A scenario that broke: it must not take the others with it, but it has not passed either. */
export function broken(scenario: string, error: unknown): Line {
  const reason = error instanceof Error ? error.message : String(error)
  return { scenario, metric: 'did not run', floorName: '', goal: reason, verdict: 'fail' }
}

export function lineOfRow(row: BenchRow): Line {
  const { scenario, metric, floorName, goal, verdict } = row
  const floor = row.floor === undefined ? {} : { floor: [row.floor] }
  return {
    scenario,
    metric,
    floorName,
    goal,
    verdict,
    measured: measuredIn([{ ours: [row.ours], ...floor }]),
  }
}

function verdictOn({ ours, ratio }: Measured, goal: Goal): Verdict {
  if (isEmpty(goal)) return 'info'
  const pairs = [
    [ours.p50, goal.p50],
    [ours.p99, goal.p99],
    [ratio?.median ?? NaN, goal.ratio],
  ] as const
  // Written so that a figure which is no number fails.
  return pairs.every(([figure, most]) => most === undefined || figure <= most) ? 'pass' : 'fail'
}

function goalText({ p50, p99, ratio }: Goal): string {
  const parts = [
    p50 === undefined ? [] : [p99 === undefined ? `≤ ${p50}` : `p50 ≤ ${p50}`],
    p99 === undefined ? [] : [`p99 ≤ ${p99}`],
    ratio === undefined ? [] : [`ratio ≤ ${ratio}`],
  ]
  return parts.flat().join(', ')
}

function isEmpty(goal: Goal): boolean {
  return Object.keys(goal).length === 0
}
