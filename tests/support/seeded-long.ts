import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConversationDraft } from '#shared/entities.ts'
import { systemClock } from '../../backend/lib/clock.ts'
import { starters } from '../../backend/starters/starters.ts'
import { connectTo } from '../../backend/store/sqlite/connection.ts'
import { openSqliteStore } from '../../backend/store/sqlite/sqlite-store.ts'

/** One conversation of years, and one that is short. */
export interface LongTalk {
  readonly dataDir: string
  readonly longId: string
  readonly shortId: string
}

const STEP_MS = 17 * 60_000
const REMARKS = [
  'The harbour was quiet this morning.',
  '*puts the kettle on* "Then tell me about the harbour," she says, and *waits*.',
  'A gull stole my breakfast, and nobody on the whole pier so much as turned a head while I stood there with an empty paper bag and a great deal of indignation.',
  'She laughs.\n\n"You always were generous to the gulls. Do you remember the *Tempest*, that winter, with the roof leaking on the third row?"\n\nThe kettle sings.',
  'I do. You played on.',
]

export const idOf = (index: number): string => `line-${index}`

const INDEXING = 'message_search_insert'

/**
 * Puts the messages straight into the database: saving one by one would take minutes. They are not indexed either, for
 * nobody searches them, and that would take ten times as long as all the rest.
 */
export async function seedLongTalk(count: number): Promise<LongTalk> {
  const dataDir = await mkdtemp(join(tmpdir(), 'troupe-long-'))
  const file = join(dataDir, 'troupe.db')
  const ids = await seedTalks(file)
  const sqlite = connectTo(file)
  const insert = sqlite.prepare(`
    INSERT INTO messages (message_id, conversation_id, role, name, content, character_id, is_interrupted, unheard,
      is_spoken, created_at, updated_at)
    VALUES (@id, @conversation, @role, @name, @content, @character, 0, '', 0, @at, @at)`)
  const indexing = sqlite
    .prepare<[], string>(`SELECT sql FROM sqlite_master WHERE name = '${INDEXING}'`)
    .pluck()
  const createIndexing = indexing.get() ?? ''
  sqlite.exec(`DROP TRIGGER ${INDEXING}`)
  const beginMs = Date.now() - count * STEP_MS
  sqlite.transaction(() => {
    for (let index = 0; index < count; index += 1) {
      const isReply = index % 2 === 1
      insert.run({
        id: idOf(index),
        conversation: ids.longId,
        role: isReply ? 'assistant' : 'user',
        name: isReply ? 'Nora' : 'You',
        content: `Line ${index}. ${REMARKS[index % REMARKS.length]}`,
        character: isReply ? ids.noraId : null,
        at: new Date(beginMs + index * STEP_MS).toISOString(),
      })
    }
  })()
  sqlite.exec(createIndexing)
  sqlite.pragma('wal_checkpoint(TRUNCATE)')
  sqlite.close()
  return { dataDir, longId: ids.longId, shortId: ids.shortId }
}

async function seedTalks(file: string) {
  await using store = await openSqliteStore({ file, clock: systemClock })
  await store.seed(starters)
  const nora = (await store.characters.list()).find(({ name }) => name === 'Nora')
  const noraId = nora?.id ?? ''
  const draft = ConversationDraft.parse({ active_characters: [noraId] })
  const long = await store.conversations.create({ ...draft, title: 'Years by the sea' })
  const short = await store.conversations.create({ ...draft, title: 'A word' })
  return { noraId, longId: long.conversation_id, shortId: short.conversation_id }
}
