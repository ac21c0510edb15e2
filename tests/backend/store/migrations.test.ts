import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connectTo } from '../../../backend/store/sqlite/connection.ts'
import { expect, it } from 'vitest'
import { openDatabase } from '../../../backend/store/sqlite/database.ts'
import { openSqliteStore } from '../../../backend/store/sqlite/sqlite-store.ts'
import { aConversation, aMessage, temporaryFolder, tickingClock } from './support.ts'

const MIGRATIONS = new URL('../../../drizzle/migrations', import.meta.url).pathname
const clock = tickingClock()

interface Journal {
  entries: { idx: number; when: number; tag: string; version: string; breakpoints: boolean }[]
}

/** A copy of the project's migrations in the folder: the first so many, then those given as SQL. */
async function migrationsIn(folder: string, count: number, added: readonly string[] = []): Promise<string> {
  const copy = join(folder, 'migrations')
  await mkdir(copy, { recursive: true })
  await cp(MIGRATIONS, copy, { recursive: true })
  const journal: Journal = JSON.parse(await readFile(join(MIGRATIONS, 'meta', '_journal.json'), 'utf8'))
  journal.entries.splice(count)
  const last = journal.entries.at(-1)
  for (const [index, text] of added.entries()) {
    const tag = `9${index}_added`
    await writeFile(join(copy, `${tag}.sql`), text)
    const when = (last?.when ?? 0) + index + 1
    journal.entries.push({ idx: count + index, when, tag, version: '6', breakpoints: true })
  }
  await writeFile(join(copy, 'meta', '_journal.json'), JSON.stringify(journal))
  return copy
}

async function backupsIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.includes('.backup-')).toSorted()
}

/** A database as the first migration made it, with one message in it. */
async function oldDatabase(folder: string): Promise<string> {
  const file = join(folder, 'troupe.db')
  const { sqlite: old, ...database } = await openDatabase({
    file,
    clock,
    migrationsFolder: await migrationsIn(folder, 1),
  })
  old.exec(
    `INSERT INTO conversations (conversation_id, title, created_at, updated_at) VALUES ('old', 'Old', '2029', '2029')`,
  )
  old.exec(
    `INSERT INTO messages (message_id, conversation_id, role, name, content, is_interrupted, unheard, is_spoken, created_at, updated_at)
     VALUES ('m', 'old', 'user', '', 'forgotten words', 0, '', 0, '2029', '2029')`,
  )
  database[Symbol.dispose]()
  return file
}

it('an old database is copied, then brought up to date, and the operator hears of it', async () => {
  await using folder = await temporaryFolder()
  const file = await oldDatabase(folder.path)
  const notices: string[] = []
  await using store = await openSqliteStore({ file, clock, onNotice: (sentence) => notices.push(sentence) })
  expect(await store.conversations.list({ query: 'forgotten' })).toHaveLength(1)
  const [backup = ''] = await backupsIn(folder.path)
  expect(notices).toEqual([expect.stringContaining(backup)])
  const copy = connectTo(join(folder.path, backup), { readonly: true })
  expect(copy.prepare('SELECT content FROM messages').pluck().all()).toEqual(['forgotten words'])
  expect(copy.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'message_search'").get()).toBeUndefined()
  copy.close()
})

it('no copy is made of a new database, nor when there is nothing to update', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'troupe.db')
  for (let start = 0; start < 2; start++) {
    await (await openSqliteStore({ file, clock }))[Symbol.asyncDispose]()
  }
  expect(await backupsIn(folder.path)).toEqual([])
})

it('a migration that fails changes nothing and says where the copy is', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'troupe.db')
  const before = await openSqliteStore({ file, clock })
  const { conversation_id } = await before.conversations.create(aConversation())
  const kept = await before.messages.create(aMessage(conversation_id, 'kept'))
  await before[Symbol.asyncDispose]()

  const broken = ['DROP TABLE messages;\n--> statement-breakpoint\nCREATE TABLE oops (']
  const migrationsFolder = await migrationsIn(folder.path, 99, broken)
  const failure = await openSqliteStore({ file, clock, migrationsFolder }).catch((error: unknown) => error)
  const [backup = 'no backup'] = await backupsIn(folder.path)
  expect(failure).toMatchObject({ code: 'storage_failed', message: expect.stringContaining(backup) })

  await using after = await openSqliteStore({ file, clock })
  expect(await after.messages.list({ conversation_id })).toEqual([kept])
})

it('a migration may rebuild a table without losing what refers to it', async () => {
  await using folder = await temporaryFolder()
  const file = await oldDatabase(folder.path)
  const rebuild = [
    `CREATE TABLE fresh AS SELECT * FROM conversations;
--> statement-breakpoint
DROP TABLE conversations;
--> statement-breakpoint
CREATE TABLE conversations (position integer PRIMARY KEY NOT NULL, conversation_id text NOT NULL UNIQUE, title text NOT NULL, created_at text NOT NULL, updated_at text NOT NULL, reply_strategy text NOT NULL, muted_characters text NOT NULL, auto_continue_turns integer NOT NULL, persona_id text, author_note text NOT NULL, lorebook_ids text NOT NULL, summary text NOT NULL, summary_until text, is_archived integer NOT NULL, revision integer NOT NULL, deleted_at text);
--> statement-breakpoint
INSERT INTO conversations SELECT * FROM fresh;`,
  ]
  const migrationsFolder = await migrationsIn(folder.path, 99, rebuild)
  await using store = await openSqliteStore({ file, clock, migrationsFolder })
  expect(await store.messages.list({ conversation_id: 'old' })).toHaveLength(1)
})

it('a migration that leaves a reference into nothing is undone', async () => {
  await using folder = await temporaryFolder()
  const file = await oldDatabase(folder.path)
  const migrationsFolder = await migrationsIn(folder.path, 2, ['DELETE FROM conversations;'])
  await expect(openSqliteStore({ file, clock, migrationsFolder })).rejects.toMatchObject({
    code: 'storage_failed',
  })
  await using store = await openSqliteStore({ file, clock })
  expect(await store.messages.list({ conversation_id: 'old' })).toHaveLength(1)
})

it('a database of a newer Troupe is refused', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'troupe.db')
  const migrationsFolder = await migrationsIn(folder.path, 99, ['CREATE TABLE future (name text);'])
  await (await openSqliteStore({ file, clock, migrationsFolder }))[Symbol.asyncDispose]()
  await expect(openSqliteStore({ file, clock })).rejects.toMatchObject({
    code: 'storage_failed',
    message: expect.stringContaining('a newer Troupe has written it'),
  })
})

it('only the newest three copies are kept', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'troupe.db')
  const added: string[] = []
  for (let version = 0; version < 6; version++) {
    const migrationsFolder = await migrationsIn(folder.path, 99, added)
    await (await openSqliteStore({ file, clock, migrationsFolder }))[Symbol.asyncDispose]()
    added.push(`CREATE TABLE version${version} (name text);`)
  }
  const backups = await backupsIn(folder.path)
  expect(backups).toHaveLength(3)
  const newest = connectTo(join(folder.path, backups.at(-1) ?? ''), { readonly: true })
  expect(newest.prepare("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'version%'").pluck().get()).toBe(
    4,
  )
  newest.close()
})
