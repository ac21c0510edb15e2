import { type CardSpec } from '../contract.ts'
import { type Table } from '../fields/place.ts'
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
}

const IN_DATA: readonly Path[] = [['data', 'character_book'], ['character_book']]
const FLAT: readonly Path[] = [['character_book']]

export const LAYOUTS: Readonly<Record<CardSpec, Layout>> = {
  v3: { spec: 'v3', table: dataTable(true), books: IN_DATA, isFlat: false },
  v2: { spec: 'v2', table: dataTable(false), books: IN_DATA, isFlat: false },
  v1: { spec: 'v1', table: flatTable(), books: FLAT, isFlat: true },
  pygmalion: { spec: 'pygmalion', table: pygmalionTable(), books: FLAT, isFlat: true },
  text: { spec: 'text', table: pygmalionTable(), books: FLAT, isFlat: true },
}
