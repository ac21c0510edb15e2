import { randomUUID } from 'node:crypto'
import { copyFile, open } from 'node:fs/promises'
import { join } from 'node:path'
import { ConversationDraft, type MessageDraft } from '#shared/entities.ts'
import { systemClock } from '../../../backend/lib/clock.ts'
import { type Store } from '../../../backend/store/contract.ts'
import { connectTo } from '../../../backend/store/sqlite/connection.ts'
import { openSqliteStore } from '../../../backend/store/sqlite/sqlite-store.ts'
import { type Samples } from '../figures.ts'
import { type Line, linesOf } from '../line.ts'
import { inRounds } from '../rounds.ts'
import { type Effort, type Scenario } from '../scenario.ts'
import { withTemporaryFolder } from '../temporary-folder.ts'

/** B11: what the store costs above the same statements, prepared by hand. */
export const store: Scenario = {
  name: 'store',
  run: (effort) => withTemporaryFolder((folder) => run(effort, folder)),
}

const CONVERSATION = 'bench'
const PAGE = 50

interface Round {
  readonly insertUs: Samples
  readonly pageUs: Samples
  readonly flushMs: Samples
}

async function run(effort: Effort, folder: string): Promise<readonly Line[]> {
  const files = { ours: join(folder, 'ours.db'), raw: join(folder, 'raw.db') }
  const stored = effort.of(100_000, 10_000)
  await fill(files.ours, stored)
  await copyFile(files.ours, files.raw)
  await using ours = await openSqliteStore({ file: files.ours, clock: systemClock })
  using raw = openRaw(files.raw)
  const count = effort.of(1_000, 300)
  const inserts = async (): Promise<Samples> => ({
    ours: await timesUs(count, () => ours.messages.create(draft())),
    floor: await timesUs(count, () => raw.insert(draft())),
  })
  const pages = async (): Promise<Samples> => ({
    ours: await timesUs(count, () => ours.messages.list({ conversation_id: CONVERSATION, limit: PAGE })),
    floor: await timesUs(count, () => raw.page()),
  })
  await inserts()
  await pages()
  const { results, isNoisy } = await inRounds(effort.rounds, async (): Promise<Round> => ({
    insertUs: await inserts(),
    pageUs: await pages(),
    flushMs: await flushes(ours, join(folder, 'log'), effort.of(60, 15)),
  }))
  const line = linesOf('store', isNoisy)
  const floorName = 'the same SQL in better-sqlite3'
  return [
    line(
      { metric: 'one message saved, µs', floorName, goal: { ratio: 1.2 } },
      results.map(({ insertUs }) => insertUs),
    ),
    line(
      { metric: `the last ${PAGE} of ${stored}, µs`, floorName, goal: { ratio: 1 } },
      results.map(({ pageUs }) => pageUs),
    ),
    line(
      { metric: 'flushed to disk after a message, ms', floorName: 'fdatasync of 4 kB appended' },
      results.map(({ flushMs }) => flushMs),
    ),
  ]
}

function draft(): MessageDraft {
  return {
    conversation_id: CONVERSATION,
    role: 'user',
    name: 'You',
    content: 'The boat leaves at noon, and we should be there soon after that; who is coming along?',
    character_id: null,
    is_interrupted: false,
    unheard: '',
    is_spoken: true,
    is_excluded: false,
    generation: null,
    tool_uses: [],
  }
}

async function fill(file: string, count: number): Promise<void> {
  const made = await openSqliteStore({ file, clock: systemClock })
  await made.conversations.ensure(CONVERSATION, ConversationDraft.parse({ title: 'Bench' }))
  await made.messages.create(draft())
  await made[Symbol.asyncDispose]()
  const sqlite = connectTo(file)
  const insert = sqlite.prepare(INSERT)
  sqlite.transaction(() => {
    for (let index = 0; index < count; index++) insert.run(rowOf(draft()))
  })()
  sqlite.pragma('wal_checkpoint(TRUNCATE)')
  sqlite.close()
}

const INSERT = `
  INSERT INTO messages (message_id, conversation_id, role, name, content, character_id, is_interrupted, unheard, is_spoken,
    created_at, updated_at)
  VALUES (@message_id, @conversation_id, @role, @name, @content, @character_id, @is_interrupted, @unheard, @is_spoken,
    @created_at, @updated_at)`

function rowOf(message: MessageDraft) {
  const now = new Date().toISOString()
  return {
    ...message,
    message_id: randomUUID(),
    is_interrupted: Number(message.is_interrupted),
    is_spoken: Number(message.is_spoken),
    created_at: now,
    updated_at: now,
  }
}

/** The floor: the same work, with statements and conversions written by hand. */
function openRaw(file: string) {
  const sqlite = connectTo(file)
  for (const pragma of ['journal_mode = WAL', 'synchronous = NORMAL', 'foreign_keys = ON'])
    sqlite.pragma(pragma)
  const insert = sqlite.prepare(INSERT)
  const touch = sqlite.prepare(
    'UPDATE conversations SET updated_at = max(updated_at, ?) WHERE conversation_id = ?',
  )
  const newest = sqlite.prepare<[string, number], Record<string, unknown>>(
    `SELECT message_id, conversation_id, role, name, content, character_id, is_interrupted, unheard, is_spoken, created_at,
       updated_at
     FROM messages WHERE conversation_id = ? ORDER BY position DESC LIMIT ?`,
  )
  return {
    insert: sqlite.transaction((message: MessageDraft) => {
      const row = rowOf(message)
      touch.run(row.updated_at, row.conversation_id)
      insert.run(row)
    }),
    page: (): unknown[] =>
      newest
        .all(CONVERSATION, PAGE)
        .map((row) => ({
          ...row,
          is_interrupted: row['is_interrupted'] === 1,
          is_spoken: row['is_spoken'] === 1,
        }))
        .toReversed(),
    [Symbol.dispose]: () => {
      sqlite.close()
    },
  }
}

async function timesUs(count: number, act: () => unknown): Promise<number[]> {
  const times: number[] = []
  for (let index = 0; index < count; index++) {
    const startMs = performance.now()
    await act()
    times.push((performance.now() - startMs) * 1000)
  }
  return times
}

async function flushes(ours: Store, logFile: string, count: number): Promise<Samples> {
  const oursMs: number[] = []
  const floorMs: number[] = []
  await using log = await open(logFile, 'a')
  const bytes = Buffer.alloc(4096)
  for (let index = 0; index < count; index++) {
    await ours.messages.create(draft())
    const flushedMs = performance.now()
    await ours.flush()
    oursMs.push(performance.now() - flushedMs)
    await log.write(bytes)
    const syncedMs = performance.now()
    await log.datasync()
    floorMs.push(performance.now() - syncedMs)
  }
  return { ours: oursMs, floor: floorMs }
}
