/** One line of the bench's table. */
export interface BenchRow {
  readonly scenario: string
  readonly metric: string
  readonly ours: number
  /** What stands beside it: another splitter, a hand-written minimum. */
  readonly floorName: string
  readonly floor: number | undefined
  readonly goal: string
  readonly verdict: 'pass' | 'fail' | 'info'
}
