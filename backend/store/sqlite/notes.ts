import { randomUUID } from 'node:crypto'
import { and, desc, eq, getTableColumns, isNull, sql } from 'drizzle-orm'
import { type Note } from '#shared/entities.ts'
import { AppError } from '../../errors.ts'
import { type NoteStore } from '../contract.ts'
import { type Database } from './database.ts'
import { found, parametersFor } from './rows.ts'
import { characters, notes } from './schema.ts'
import { recallQuery } from './recall-query.ts'
import { attempt } from './storage-errors.ts'

const PAGE_NOTES = 100

const { position: _position, ...columns } = getTableColumns(notes)

const heldPieces = sql`(SELECT count(*) FROM json_each(${sql.placeholder('pieces')}) WHERE instr(lower(text), value) > 0)`

function prepare({ orm }: Database) {
  // The notes of a character in the trash are in the trash as well.
  const isThere = sql`EXISTS (SELECT 1 FROM characters WHERE characters.id = notes.character_id AND deleted_at IS NULL)`
  const byId = and(eq(notes.note_id, sql.placeholder('note_id')), isThere)
  const ofCharacter = and(eq(notes.character_id, sql.placeholder('character_id')), isThere)
  const limit = sql.placeholder('limit')
  const match = sql.placeholder('match')
  return {
    newest: orm
      .select(columns)
      .from(notes)
      .where(ofCharacter)
      .orderBy(desc(notes.position))
      .limit(limit)
      .prepare(),
    matching: orm
      .select(columns)
      .from(notes)
      .innerJoin(sql`note_search`, sql`note_search.rowid = ${notes.position}`)
      .where(and(ofCharacter, sql`note_search MATCH ${match}`))
      .orderBy(sql`bm25(note_search)`, desc(notes.position))
      .limit(limit)
      .prepare(),
    holding: orm
      .select(columns)
      .from(notes)
      .where(and(ofCharacter, sql`${heldPieces} > 0`))
      .orderBy(sql`${heldPieces} DESC`, desc(notes.position))
      .limit(limit)
      .prepare(),
    one: orm.select(columns).from(notes).where(byId).prepare(),
    insert: orm.insert(notes).values(parametersFor(columns)).prepare(),
    update: orm.update(notes).set(parametersFor(columns)).where(byId).prepare(),
    remove: orm.delete(notes).where(byId).prepare(),
    character: orm
      .select({ id: characters.id })
      .from(characters)
      .where(and(eq(characters.id, sql.placeholder('id')), isNull(characters.deleted_at)))
      .prepare(),
  }
}

export function sqliteNotes(database: Database): NoteStore {
  const statements = prepare(database)
  const read = (note_id: string): Note => found(statements.one.get({ note_id }), `the note "${note_id}"`)
  return {
    list: ({ character_id, query, limit = PAGE_NOTES }) =>
      attempt('read the notes', () => {
        if (query === undefined) return statements.newest.all({ character_id, limit })
        const recall = recallQuery(query)
        if (!recall) return []
        return recall.kind === 'words'
          ? statements.matching.all({ character_id, limit, match: recall.match })
          : statements.holding.all({ character_id, limit, pieces: recall.pieces })
      }),
    get: (noteId) => attempt('read the note', () => read(noteId)),
    create: (draft) =>
      attempt('save the note', () => {
        if (!statements.character.get({ id: draft.character_id })) {
          throw new AppError('invalid', `Cannot save the note: there is no character "${draft.character_id}"`)
        }
        const now = database.now()
        const note = { ...draft, note_id: randomUUID(), created_at: now, updated_at: now }
        statements.insert.run(note)
        return note
      }),
    update: (patch) =>
      attempt('save the note', () => {
        const note = { ...read(patch.note_id), text: patch.text, updated_at: database.now() }
        statements.update.run(note)
        return note
      }),
    delete: (noteId) =>
      attempt('delete the note', () => {
        read(noteId)
        statements.remove.run({ note_id: noteId })
      }),
  }
}
