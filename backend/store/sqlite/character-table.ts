import { type Character, type CharacterDraft, type CharacterPatch } from '#shared/entities.ts'
import { AppError } from '../../errors.ts'
import { derivedFrom } from './character-derived.ts'
import { type CharacterIndex } from './character-index.ts'
import { type prepareCharacters } from './character-statements.ts'
import { type Database } from './database.ts'
import { found, revised } from './rows.ts'

type Statements = ReturnType<typeof prepareCharacters>

/** Inserts in the same tick, for transactions that span tables. */
export type InsertCharacter = (id: string, draft: CharacterDraft) => Character

/** Reading and writing whole characters in the tick of the call. */
export interface CharacterTable {
  /** @throws AppError `not_found` */
  readonly read: (id: string) => Character
  readonly find: (id: string) => Character | undefined
  readonly insert: InsertCharacter
  /** @throws AppError `conflict` if it expects another revision. */
  readonly update: (patch: CharacterPatch) => Character
  readonly remove: (id: string) => void
}

export function characterTable(
  database: Database,
  statements: Statements,
  index: CharacterIndex,
): CharacterTable {
  const find = (id: string): Character | undefined => statements.one.get({ id })
  const read = (id: string): Character => found(find(id), `the character "${id}"`)
  const insert: InsertCharacter = (id, draft) => {
    checkVoice(statements, draft.voice_id)
    const now = database.now()
    const character = { ...draft, id, revision: 1, created_at: now, updated_at: now }
    statements.insert.run({ ...character, ...derivedFrom(character) })
    index.changed(id)
    return character
  }
  const update = database.sqlite.transaction((patch: CharacterPatch): Character => {
    const { id, voice_id } = patch
    const character = revised(read(id), patch, database.now())
    checkVoice(statements, character.voice_id)
    statements.update.run({ ...character, ...derivedFrom(character) })
    // A voice that is not named stays as stored: it may be in the trash and come back.
    if (voice_id !== undefined) statements.speakWith.run({ id, voice_id })
    index.changed(id)
    return character
  })
  const remove = (id: string): void => {
    read(id)
    statements.remove.run({ id, now: database.now() })
    index.changed(id)
  }
  return { find, read, insert, update, remove }
}

/** @throws AppError `invalid`. */
function checkVoice(statements: Statements, voice_id: string | null): void {
  if (voice_id === null || statements.voice.get({ voice_id })) return
  throw new AppError('invalid', `Cannot save the character: there is no voice "${voice_id}"`)
}
