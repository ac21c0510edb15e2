import { type CardSpec } from '../contract.ts'
import { type Places } from '../fields/place.ts'
import { type Path } from '../report.ts'
import { type CardFields } from './card-fields.ts'
import { dataPlaces, flatPlaces, pygmalionPlaces, textPlaces } from './places.ts'

/** How cards of one kind are laid out. */
export interface Layout {
  readonly spec: CardSpec
  readonly places: Places<CardFields>
  /** Where its book is; the first is where one is put. */
  readonly books: readonly Path[]
  /** Whether it may hold a book, and what else is new in version 2. */
  readonly isFlat: boolean
}

const IN_DATA: readonly Path[] = [['data', 'character_book'], ['character_book']]
const FLAT: readonly Path[] = [['character_book']]

export const LAYOUTS: Readonly<Record<CardSpec, Layout>> = {
  v3: { spec: 'v3', places: dataPlaces(true), books: IN_DATA, isFlat: false },
  v2: { spec: 'v2', places: dataPlaces(false), books: IN_DATA, isFlat: false },
  v1: { spec: 'v1', places: flatPlaces(), books: FLAT, isFlat: true },
  pygmalion: { spec: 'pygmalion', places: pygmalionPlaces(), books: FLAT, isFlat: true },
  text: { spec: 'text', places: textPlaces(), books: FLAT, isFlat: true },
}
