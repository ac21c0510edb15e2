import { dirname } from 'node:path'
import { type Starters, type Store } from '../contract.ts'
import { sqliteCharacters } from './characters.ts'
import { checkDatabase, type CheckedDatabase, copyDatabase } from './database-jobs.ts'
import { sqliteConversations } from './conversations.ts'
import { openDatabase, type Database, type SqliteOptions } from './database.ts'
import { shared, syncToDisk } from './flush.ts'
import { sqliteLorebooks } from './lorebooks.ts'
import { mediaInUse } from './media-in-use.ts'
import { sqliteMessages } from './messages.ts'
import { sqliteNotes } from './notes.ts'
import { sqliteOriginals } from './originals.ts'
import { sqlitePersonas } from './personas.ts'
import { sqliteSearch } from './search.ts'
import { seedOnce } from './seed.ts'
import { attempt, explained } from './storage-errors.ts'
import { sqliteTrash } from './trash.ts'
import { sqliteVoices } from './voices.ts'

/**
 * Opens the database, making or updating its tables.
 * @throws AppError `storage_failed` with what to do, if the file cannot be used or another Troupe is using it.
 */
export async function openSqliteStore(options: SqliteOptions): Promise<Store> {
  const database = await openDatabase(options)
  try {
    return storeIn(database)
  } catch (thrown) {
    database[Symbol.dispose]()
    throw thrown
  }
}

function storeIn(database: Database): Store {
  const { voices, insertVoice } = sqliteVoices(database)
  const { characters, insertCharacter, index } = sqliteCharacters(database)
  const { conversations, insertConversation } = sqliteConversations(database)
  const { messages, insertMessage } = sqliteMessages(database)
  const inserts = { insertVoice, insertCharacter, insertConversation, insertMessage }
  const trash = sqliteTrash(database, (id) => index.changed(id))
  const flush = flusher(database)
  return {
    voices,
    characters,
    conversations,
    messages,
    personas: sqlitePersonas(database),
    lorebooks: sqliteLorebooks(database),
    notes: sqliteNotes(database),
    trash,
    originals: sqliteOriginals(database),
    search: sqliteSearch(database),
    mediaInUse: () => mediaInUse(database),
    flush,
    copyTo: (file) => copyOf(database, file),
    seed: (starters: Starters) => attempt('save the starters', () => seedOnce(database, inserts, starters)),
    async [Symbol.asyncDispose]() {
      await trash[Symbol.asyncDispose]()
      try {
        await flush()
      } finally {
        database[Symbol.dispose]()
      }
    },
  }
}

/** A database in memory is small, and seen by nobody else. */
function copyOf({ sqlite }: Database, file: string): Promise<CheckedDatabase> {
  if (!sqlite.memory) return copyDatabase(sqlite.name, file)
  sqlite.prepare('VACUUM INTO ?').run(file)
  return checkDatabase(file)
}

/**
 * What is committed is in the write-ahead log, or, after a checkpoint, in the database, which SQLite itself syncs before
 * it starts the log anew. So asking the disk to keep the log is enough; done here, it does not block the event loop.
 */
function flusher({ sqlite }: Database): () => Promise<void> {
  if (sqlite.memory) return () => Promise.resolve()
  let isFolderKept = false
  return shared(async () => {
    try {
      await syncToDisk(`${sqlite.name}-wal`)
      // The log's own entry in its folder, once: it is made anew at each start.
      if (!isFolderKept) await syncToDisk(dirname(sqlite.name))
      isFolderKept = true
    } catch (thrown) {
      throw explained('keep the last messages safe', thrown)
    }
  })
}
