import { type Line } from './line.ts'
import { type RoundSettings } from './rounds.ts'

export interface Scenario {
  /** What `--only` takes. */
  readonly name: string
  run(effort: Effort): Promise<readonly Line[]>
}

/** How much is measured. */
export interface Effort {
  readonly isQuick: boolean
  readonly rounds: RoundSettings
  /** The number for a full run, or for a quick one. */
  of(full: number, quick: number): number
}
