import { and, eq, getTableColumns, isNull, sql } from 'drizzle-orm'
import { type Database } from './database.ts'
import { parametersFor, thrownAway } from './rows.ts'
import { characters, voices } from './schema.ts'

const { position: _position, deleted_at: _deletedAt, ...stored } = getTableColumns(characters)
const { tagline: _tagline, token_count: _tokenCount, ...columns } = stored
const { voice_id: _voiceId, ...ownColumns } = columns
const { voice_id: _storedVoiceId, ...changedColumns } = stored

/** A voice in the trash is not seen; it is there again when it is restored. */
export const voiceThere = sql<string | null>`(
  SELECT voice_id FROM voices WHERE voices.voice_id = characters.voice_id AND voices.deleted_at IS NULL
)`
const fields = { ...ownColumns, voice_id: voiceThere }

export function prepareCharacters({ orm }: Database) {
  const isThere = isNull(characters.deleted_at)
  const byId = and(eq(characters.id, sql.placeholder('id')), isThere)
  const voiceById = and(eq(voices.voice_id, sql.placeholder('voice_id')), isNull(voices.deleted_at))
  return {
    all: orm.select(fields).from(characters).where(isThere).prepare(),
    one: orm.select(fields).from(characters).where(byId).prepare(),
    /** Those in the trash, too: their ids are taken. */
    ids: orm
      .select({ id: characters.id })
      .from(characters)
      .where(sql`id >= ${sql.placeholder('from')} AND id < ${sql.placeholder('to')}`)
      .prepare(),
    insert: orm.insert(characters).values(parametersFor(stored)).prepare(),
    update: orm.update(characters).set(parametersFor(changedColumns)).where(byId).prepare(),
    speakWith: orm
      .update(characters)
      .set({ voice_id: sql`${sql.placeholder('voice_id')}` })
      .where(byId)
      .prepare(),
    remove: orm.update(characters).set(thrownAway).where(byId).prepare(),
    voice: orm.select({ voice_id: voices.voice_id }).from(voices).where(voiceById).prepare(),
  }
}
