import { type CardSpec } from '../contract.ts'
import { pathsOf, settled, type Table } from '../fields/place.ts'
import { knownPaths, type KnownPaths } from '../kept.ts'
import { type Path } from '../report.ts'
import { type CardFields } from './card-fields.ts'
import { dataTable, flatTable, pygmalionTable } from './places.ts'

/** How cards of one kind are laid out. */
export interface Layout {
  readonly spec: CardSpec
  readonly table: Table<CardFields>
  /** Where its book is; the first is where one is put. */
  readonly books: readonly Path[]
  /** Whether it may hold a book, and what else is new in version 2. */
  readonly isFlat: boolean
  readonly known: KnownPaths
}

const IN_DATA: readonly Path[] = [['data', 'character_book'], ['character_book']]
const FLAT: readonly Path[] = [['character_book']]

/** What says which card it is, or is read in another way. */
const MARKS: readonly Path[] = [['spec'], ['spec_version'], ['data', 'assets'], ...IN_DATA]

function layout(spec: CardSpec, table: Table<CardFields>): Layout {
  const isFlat = spec !== 'v2' && spec !== 'v3'
  const all = settled(table)
  return {
    spec,
    table: all,
    books: isFlat ? FLAT : IN_DATA,
    isFlat,
    known: knownPaths([...pathsOf(all), ...MARKS]),
  }
}

export const LAYOUTS: Readonly<Record<CardSpec, Layout>> = {
  v3: layout('v3', dataTable(true)),
  v2: layout('v2', dataTable(false)),
  v1: layout('v1', flatTable()),
  pygmalion: layout('pygmalion', pygmalionTable()),
  text: layout('text', pygmalionTable()),
}
