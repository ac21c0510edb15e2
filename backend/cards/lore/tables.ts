import { set } from '../json/change.ts'
import { flagPlace, numberPlace, ownPlace, readNumber, textPlace } from '../fields/readings.ts'
import { settled, type Places, type Table } from '../fields/place.ts'
import { type Path } from '../report.ts'
import {
  BOOK_FIELD_NAMES,
  ENTRY_FIELD_NAMES,
  someBookFields,
  someEntryFields,
  type BookFields,
  type EntryFields,
} from './fields.ts'

/** For counts of messages and the like. */
export const WHOLE = { min: 0, max: 1_000_000, isWhole: true }
export const DEPTH = { min: 0, max: 1_000, isWhole: true }

/** What a program has no word for is put under our name. */
export function entryTable(spare: Path, own: Places<EntryFields>): Table<EntryFields> {
  return settled<EntryFields>({
    names: ENTRY_FIELD_NAMES,
    own,
    aliases: [],
    spare: { place: (name) => ownPlace(spare, name, someEntryFields) },
  })
}

export function bookTable(): Table<BookFields> {
  return settled<BookFields>({
    names: BOOK_FIELD_NAMES,
    own: {
      name: [
        {
          path: ['name'],
          read: (json) =>
            (typeof json === 'string' ? json.toWellFormed().trim().slice(0, 500).trim() : '') || undefined,
          write: set,
        },
      ],
      description: [textPlace(['description'])],
      scan_depth: [numberPlace(['scan_depth'], DEPTH)],
      token_budget: [
        // Some write 0 for "as usual".
        {
          path: ['token_budget'],
          read: (json, note) => readNumber(json, note, WHOLE) || undefined,
          write: set,
        },
      ],
      is_recursive: [flagPlace(['recursive_scanning'])],
    },
    aliases: [],
    spare: { place: (name) => ownPlace(['extensions', 'troupe'], name, someBookFields) },
  })
}
