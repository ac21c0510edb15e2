import { InvalidArgumentError } from 'commander'
import { type Connected, withServer } from './connection.ts'
import { type ExitCode } from './exit.ts'
import { type ConnectionFlags } from './settings.ts'
import { type Terminal } from './terminal.ts'

export interface ProgramContext {
  readonly terminal: Terminal
  readonly version: string
  /** What was said on the command line about the server; known when a verb runs. */
  readonly flags: () => ConnectionFlags
  /** Tells how the command ended. */
  readonly onExit: (code: ExitCode) => void
}

/** A whole number of at least `least`. */
export function countOf(least: number): (value: string) => number {
  return (value) => {
    const count = Number(value)
    if (Number.isInteger(count) && count >= least) return count
    throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`)
  }
}

export type Run = (work: (connected: Connected) => Promise<void>) => Promise<void>

/** Does the work of a verb on the server that is meant. */
export function running({ flags, terminal }: ProgramContext): Run {
  return (work) => withServer(flags(), { terminal }, work)
}

export const JSON_FLAG = ['--json', 'as JSON, one object a line'] as const
export const OUTPUT_FLAG = ['-o, --output <file>', 'where to; without it, to stdout'] as const
