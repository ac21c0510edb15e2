import { eq, getTableColumns, sql } from 'drizzle-orm'
import { type Character, type CharacterDraft } from '#shared/entities.ts'
import { AppError } from '../../errors.ts'
import { type CharacterStore } from '../contract.ts'
import { type Database } from './database.ts'
import { numberedId, slug } from './ids.ts'
import { found, parametersFor, revised } from './rows.ts'
import { characters, voices } from './schema.ts'
import { attempt } from './storage-errors.ts'

const { position: _position, deleted_at: _deletedAt, ...columns } = getTableColumns(characters)
const byNameOrder = new Intl.Collator('en', { numeric: true })

function prepare({ orm }: Database) {
  const byId = eq(characters.id, sql.placeholder('id'))
  const voiceById = eq(voices.voice_id, sql.placeholder('voice_id'))
  return {
    all: orm.select(columns).from(characters).prepare(),
    one: orm.select(columns).from(characters).where(byId).prepare(),
    ids: orm.select({ id: characters.id }).from(characters).prepare(),
    insert: orm.insert(characters).values(parametersFor(columns)).prepare(),
    update: orm.update(characters).set(parametersFor(columns)).where(byId).prepare(),
    remove: orm.delete(characters).where(byId).prepare(),
    voice: orm.select({ voice_id: voices.voice_id }).from(voices).where(voiceById).prepare(),
  }
}

type Statements = ReturnType<typeof prepare>

/** Inserts in the same tick, for transactions that span tables. */
export type InsertCharacter = (id: string, draft: CharacterDraft) => Character

export function sqliteCharacters(database: Database): {
  characters: CharacterStore
  insertCharacter: InsertCharacter
} {
  const statements = prepare(database)
  const read = (id: string): Character => found(statements.one.get({ id }), `the character "${id}"`)

  const insertCharacter: InsertCharacter = (id, draft) => {
    checkVoice(statements, draft.voice_id)
    const now = database.now()
    const character = { ...draft, id, revision: 1, created_at: now, updated_at: now }
    statements.insert.run(character)
    return character
  }
  const store: CharacterStore = {
    list: () => attempt('read the characters', () => statements.all.all().toSorted(compareByName)),
    get: (id) => attempt('read the character', () => read(id)),
    getMany: (ids) =>
      attempt('read the characters', () => ids.flatMap((id) => statements.one.get({ id }) ?? [])),
    create: (draft) =>
      attempt('save the character', () => insertCharacter(nextId(statements, draft.name), draft)),
    update: (patch) =>
      attempt('save the character', () => {
        const character = revised(read(patch.id), patch, database.now())
        checkVoice(statements, character.voice_id)
        statements.update.run(character)
        return character
      }),
    delete: (id) =>
      attempt('delete the character', () => {
        read(id)
        statements.remove.run({ id })
      }),
  }
  return { characters: store, insertCharacter }
}

function nextId(statements: Statements, name: string): string {
  const taken = statements.ids.all().map((row) => row.id)
  return numberedId(slug(name, 'character'), taken)
}

/** @throws AppError `invalid`. */
function checkVoice(statements: Statements, voice_id: string | null): void {
  if (voice_id === null || statements.voice.get({ voice_id })) return
  throw new AppError('invalid', `Cannot save the character: there is no voice "${voice_id}"`)
}

function compareByName(first: Character, second: Character): number {
  return byNameOrder.compare(first.name, second.name) || (first.id < second.id ? -1 : 1)
}
