import { type Character, type CharacterDraft } from '#shared/entities.ts'
import { type CharacterStore } from '../contract.ts'
import { bulkChanges } from './character-changes.ts'
import { CharacterHeadsReader } from './character-heads.ts'
import { CharacterIndex } from './character-index.ts'
import { prepareCharacters } from './character-statements.ts'
import { characterTable, type InsertCharacter } from './character-table.ts'
import { type Database } from './database.ts'
import { numberedId, slug } from './ids.ts'
import { attempt } from './storage-errors.ts'

const byNameOrder = new Intl.Collator('en', { numeric: true })

type Statements = ReturnType<typeof prepareCharacters>

export function sqliteCharacters(database: Database): {
  characters: CharacterStore
  insertCharacter: InsertCharacter
  /** To be told of those that come from the trash or are gone for good. */
  index: CharacterIndex
} {
  const statements = prepareCharacters(database)
  const index = new CharacterIndex(database)
  const table = characterTable(database, statements, index)
  const { read, find, insert, update, remove } = table
  const heads = new CharacterHeadsReader(database, index)
  const change = bulkChanges(database, table)
  const create = database.sqlite.transaction((draft: CharacterDraft) =>
    insert(nextId(statements, draft.name), draft),
  )
  const store: CharacterStore = {
    list: () => attempt('read the characters', () => statements.all.all().toSorted(compareByName)),
    get: (id) => attempt('read the character', () => read(id)),
    getMany: (ids) => attempt('read the characters', () => ids.flatMap((id) => find(id) ?? [])),
    heads: (page) => attempt('read the characters', () => heads.page(page)),
    tags: () => attempt('read the tags', () => index.tags()),
    change: (wanted) => attempt('save the characters', () => change(wanted)),
    create: (draft) => attempt('save the character', () => create(draft)),
    update: (patch) => attempt('save the character', () => update(patch)),
    delete: (id) => attempt('delete the character', () => remove(id)),
  }
  return { characters: store, insertCharacter: insert, index }
}

function nextId(statements: Statements, name: string): string {
  const stem = slug(name, 'character')
  const taken = statements.ids.all({ from: `${stem}-`, to: `${stem}.` }).map((row) => row.id)
  return numberedId(stem, taken)
}

function compareByName(first: Character, second: Character): number {
  return byNameOrder.compare(first.name, second.name) || (first.id < second.id ? -1 : 1)
}
