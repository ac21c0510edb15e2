/** The smallest value that at least `share` of the values do not exceed; NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const rank = Math.ceil(share * sorted.length) - 1
  return sorted[Math.min(sorted.length - 1, Math.max(0, rank))] ?? NaN
}

/** Between the two middle ones, where there are two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? NaN
  return sorted.length % 2 === 0 ? ((sorted[middle - 1] ?? NaN) + upper) / 2 : upper
}

/** What one round measured: ours, and in the same round what stands beside it. */
export interface Samples {
  readonly ours: readonly number[]
  readonly floor?: readonly number[]
}

export interface Spread {
  readonly p50: number
  readonly p99: number
  /** Whether there was more than one value a round, so that a p99 means something. */
  readonly isSpread: boolean
}

export interface Measured {
  readonly ours: Spread
  readonly floor?: Spread
  /** Of the rounds' middles: ours in units of the floor. */
  readonly ratio?: { readonly median: number; readonly worst: number }
}

/** Puts rounds together: p50 is the median of the rounds' medians, p99 that of all values. */
export function measuredIn(rounds: readonly Samples[]): Measured {
  const ours = spreadOf(rounds.map((round) => round.ours))
  const floors = rounds.flatMap(({ floor }) => (floor ? [floor] : []))
  if (floors.length === 0) return { ours }
  const ratios = rounds.map((round) => median(round.ours) / median(round.floor ?? []))
  return { ours, floor: spreadOf(floors), ratio: { median: median(ratios), worst: Math.max(...ratios) } }
}

function spreadOf(rounds: readonly (readonly number[])[]): Spread {
  return {
    p50: median(rounds.map(median)),
    p99: quantile(rounds.flat(), 0.99),
    isSpread: rounds.some((values) => values.length > 1),
  }
}
