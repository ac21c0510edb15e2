import { and, asc, eq, getTableColumns, isNull, sql } from 'drizzle-orm'
import { type Voice, type VoiceDraft } from '#shared/entities.ts'
import { type VoiceStore } from '../contract.ts'
import { type Database } from './database.ts'
import { numberedId, slug } from './ids.ts'
import { found, parametersFor, revised, thrownAway } from './rows.ts'
import { voices } from './schema.ts'
import { attempt } from './storage-errors.ts'

const { position: _position, deleted_at: _deletedAt, ...columns } = getTableColumns(voices)

function prepare({ orm }: Database) {
  const isThere = isNull(voices.deleted_at)
  const byId = and(eq(voices.voice_id, sql.placeholder('voice_id')), isThere)
  return {
    all: orm.select(columns).from(voices).where(isThere).orderBy(asc(voices.position)).prepare(),
    one: orm.select(columns).from(voices).where(byId).prepare(),
    ids: orm.select({ voice_id: voices.voice_id }).from(voices).prepare(),
    insert: orm.insert(voices).values(parametersFor(columns)).prepare(),
    update: orm.update(voices).set(parametersFor(columns)).where(byId).prepare(),
    remove: orm.update(voices).set(thrownAway).where(byId).prepare(),
  }
}

type Statements = ReturnType<typeof prepare>

/** Inserts in the same tick, for transactions that span tables. */
export type InsertVoice = (voice_id: string, draft: VoiceDraft) => Voice

export function sqliteVoices(database: Database): { voices: VoiceStore; insertVoice: InsertVoice } {
  const statements = prepare(database)
  const read = (voice_id: string): Voice => found(statements.one.get({ voice_id }), `the voice "${voice_id}"`)

  const insertVoice: InsertVoice = (voice_id, draft) => {
    const now = database.now()
    const voice = { ...draft, voice_id, revision: 1, created_at: now, updated_at: now }
    statements.insert.run(voice)
    return voice
  }
  const store: VoiceStore = {
    list: () => attempt('read the voices', () => statements.all.all()),
    get: (voiceId) => attempt('read the voice', () => read(voiceId)),
    create: (draft) =>
      attempt('save the voice', () => insertVoice(nextId(statements, draft.voice_name), draft)),
    update: (patch) =>
      attempt('save the voice', () => {
        const voice = revised(read(patch.voice_id), patch, database.now())
        statements.update.run(voice)
        return voice
      }),
    delete: (voiceId) =>
      attempt('delete the voice', () => {
        read(voiceId)
        statements.remove.run({ voice_id: voiceId, now: database.now() })
      }),
  }
  return { voices: store, insertVoice }
}

function nextId(statements: Statements, name: string): string {
  const taken = statements.ids.all().map((row) => row.voice_id)
  return numberedId(slug(name, 'voice'), taken)
}
