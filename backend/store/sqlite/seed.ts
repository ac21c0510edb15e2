import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { type Starters } from '../contract.ts'
import { type InsertCharacter } from './character-table.ts'
import { type InsertConversation } from './conversation-table.ts'
import { type Database } from './database.ts'
import { type InsertMessage } from './message-wordings.ts'
import { characters, conversations, meta, voices } from './schema.ts'
import { type InsertVoice } from './voices.ts'

const SEEDED = 'seeded_at'

interface Inserts {
  readonly insertVoice: InsertVoice
  readonly insertCharacter: InsertCharacter
  readonly insertConversation: InsertConversation
  readonly insertMessage: InsertMessage
}

/** All or nothing, and never twice: that it was done is remembered, not guessed from what is there. */
export function seedOnce(database: Database, inserts: Inserts, starters: Starters): boolean {
  return database.sqlite.transaction(() => {
    const { orm } = database
    if (orm.select().from(meta).where(eq(meta.key, SEEDED)).get()) return false
    orm.insert(meta).values({ key: SEEDED, value: database.now() }).run()
    const isUsed = [voices, characters, conversations].some((table) =>
      orm.select().from(table).limit(1).get(),
    )
    if (!isUsed) insertAll(inserts, starters)
    return !isUsed
  })()
}

function insertAll(inserts: Inserts, starters: Starters): void {
  for (const { voice_id, ...draft } of starters.voices) inserts.insertVoice(voice_id, draft)
  for (const { id, ...draft } of starters.characters) inserts.insertCharacter(id, draft)
  const { conversation_id, ...draft } = starters.conversation
  inserts.insertConversation(conversation_id, draft)
  for (const message of starters.messages) inserts.insertMessage(randomUUID(), message)
}
