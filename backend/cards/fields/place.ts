import { type Change } from '../json/change.ts'
import { type Path } from '../report.ts'

/** What a reading says about the value it was given. */
export interface Note {
  repaired(rule: string, to: unknown): void
  ignored(reason: string): void
}

/** Where in a file a field stands, and how it is spelled there. */
export interface Place<Value> {
  /** Within the record; empty: it takes more than one member to know. */
  readonly path: Path
  /** The members that are meant, if the path is empty. */
  readonly members?: readonly string[]
  /** Read if it is there, but not where a new value is put. */
  readonly isAlias?: boolean
  /** undefined: nothing that can be used is there. */
  read(json: unknown, note: Note): Value | undefined
  /** @returns what to do at the path; undefined: this value cannot be said there. */
  write(value: Value, json: unknown): Change | undefined
}

/** The places of each field; the first that holds something counts. */
export type Places<Fields> = { readonly [Name in keyof Fields]-?: readonly Place<Fields[Name]>[] }

export const SILENT: Note = { repaired: () => {}, ignored: () => {} }
