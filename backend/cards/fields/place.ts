import { type Change } from '../json/change.ts'
import { type Path } from '../report.ts'

/** What a reading says about the value it was given. */
export interface Note {
  repaired(rule: string, to: unknown): void
  ignored(reason: string): void
}

export const SILENT: Note = { repaired: () => {}, ignored: () => {} }

/** Where in a file a field stands, and how it is spelled there. */
export interface Place<Value> {
  /** Within the record; if `members` are given: of the object that holds them. */
  readonly path: Path
  /** It takes more than one member to know. */
  readonly members?: readonly string[]
  /** Read if it is there, but not where a new value is put. */
  readonly isAlias?: boolean
  /** undefined: nothing that can be used is there. */
  read(json: unknown, note: Note): Value | undefined
  /** @returns what to do at the path; undefined: this value cannot be said there. */
  write(value: Value, json: unknown): Change | undefined
}

export type Places<Fields> = { readonly [Name in keyof Fields]?: readonly Place<Fields[Name]>[] }

/** Some of the fields. */
export type Some<Fields> = { readonly [Name in keyof Fields]?: Fields[Name] | undefined }

/** Where all fields of a record stand. */
export interface Table<Fields> {
  readonly names: readonly (keyof Fields)[]
  /** The first that holds something counts; the first is where a value is put. */
  readonly own: Places<Fields>
  /** Where other programs put it: read, and written if it is there. */
  readonly aliases: readonly Places<Fields>[]
  /** For what the format has no word for. Without it, this cannot be said. */
  readonly spare?: { place<Name extends keyof Fields>(name: Name): Place<Fields[Name]> }
}

/** The places of one field, in the order in which they count. */
export function placesOf<Fields, Name extends keyof Fields>(
  { own, aliases, spare }: Table<Fields>,
  name: Name,
): readonly Place<Fields[Name]>[] {
  const elsewhere = aliases.flatMap((places) => places[name] ?? [])
  return [
    ...(own[name] ?? []),
    ...elsewhere.map((place) => ({ ...place, isAlias: true })),
    ...(spare && !own[name] ? [spare.place(name)] : []),
  ]
}

/** The table with all places of each field in its own: made once, as a table is asked for each entry of each book. */
export function settled<Fields>(table: Table<Fields>): Table<Fields> {
  const own: { -readonly [Name in keyof Fields]?: readonly Place<Fields[Name]>[] } = {}
  for (const name of table.names) own[name] = placesOf(table, name)
  return { names: table.names, own, aliases: [] }
}

/** The paths that are read, for telling what nobody reads. */
export function pathsOf<Fields>(table: Table<Fields>): Path[] {
  return table.names.flatMap((name) =>
    (table.own[name] ?? []).flatMap(
      ({ path, members }): Path[] => members?.map((one) => [...path, one]) ?? [path],
    ),
  )
}
