import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { startTestApp, type TestApp } from '../../support/test-app.ts'
import { type Samples } from '../figures.ts'
import { type Line, linesOf } from '../line.ts'
import { inRounds } from '../rounds.ts'
import { type Effort, type Scenario } from '../scenario.ts'
import { withTemporaryFolder } from '../temporary-folder.ts'

/** A chat of years: brought in, taken out, and deleted for good, while others go on. */
export const chats: Scenario = {
  name: 'chats',
  run: (effort) => withTemporaryFolder((folder) => run(effort, folder)),
}

/** Looking whether it is gone is not to be what is measured. */
const LOOK_MS = 50

interface Doing {
  readonly totalMs: Samples
  readonly lateMs: Samples
}

const Report = z.object({ totalMs: z.number(), imported: z.number() })

async function run(effort: Effort, folder: string): Promise<readonly Line[]> {
  const count = effort.of(100_000, 10_000)
  const files = join(folder, 'files')
  await write(files, count)
  let rounds = 0
  const { results, isNoisy } = await inRounds(
    { ...effort.rounds, count: effort.of(3, 1), repeats: effort.of(1, 0) },
    async () => {
      await using app = await startTestApp({ file: join(folder, `${rounds++}.db`) })
      const floor = await readAndHash(join(files, FILE))
      const brought = await measured(() => imported(app, files))
      const taken = await measured(() => exported(app))
      const deleted = await measured(() => deletedForGood(app))
      return {
        brought: { ...brought, totalMs: { ...brought.totalMs, floor: [floor] } },
        taken,
        deleted,
      }
    },
  )
  const line = linesOf('chats', isNoisy)
  const rows = (name: string, all: readonly Doing[], floorName = '') => [
    line(
      { metric: `chat of ${count} lines ${name}, ms`, floorName },
      all.map(({ totalMs }) => totalMs),
    ),
    line(
      { metric: `event loop late while it is ${name}, ms`, goal: { p50: 50 } },
      all.map(({ lateMs }) => lateMs),
    ),
  ]
  return [
    ...rows(
      'brought in',
      results.map(({ brought }) => brought),
      'reading and hashing it',
    ),
    ...rows(
      'taken out',
      results.map(({ taken }) => taken),
    ),
    ...rows(
      'deleted for good',
      results.map(({ deleted }) => deleted),
    ),
  ]
}

/** @returns how long it took, and by how much the event loop was late at the 99th percentile. */
async function measured(work: () => Promise<unknown>): Promise<Doing> {
  const loop = monitorEventLoopDelay({ resolution: 2 })
  loop.enable()
  const startMs = performance.now()
  await work()
  const totalMs = performance.now() - startMs
  loop.disable()
  return { totalMs: { ours: [totalMs] }, lateMs: { ours: [loop.percentile(99) / 1e6] } }
}

async function imported(app: TestApp, files: string): Promise<void> {
  // The client has a process, and a core, of its own.
  const address = `${app.url}/api/conversations/import`
  const client = fork(new URL('import-process.ts', import.meta.url), [address, files], {
    execArgv: ['--import', 'tsx'],
  })
  await once(client, 'message')
  const answered = once(client, 'message')
  client.send('go')
  const [message]: unknown[] = await answered
  if (Report.parse(message).imported !== 1) throw new Error('The chat was not imported')
}

async function idOf(app: TestApp): Promise<string> {
  const [first] = await app.store.conversations.list({ query: 'years' })
  if (!first) throw new Error('The chat is not there')
  return first.conversation_id
}

async function exported(app: TestApp): Promise<void> {
  const response = await fetch(`${app.url}/api/conversations/${await idOf(app)}/export?format=jsonl`)
  for await (const _piece of response.body ?? []);
}

async function deletedForGood(app: TestApp): Promise<void> {
  const id = await idOf(app)
  await app.store.conversations.delete(id)
  await app.store.trash.delete(`conversation:${id}`)
  // As long as it is known where it came from, it is still going.
  while (await app.store.originals.find('conversation', id)) await sleep(LOOK_MS)
}

const FILE = 'years.jsonl'

async function write(folder: string, count: number): Promise<void> {
  await mkdir(folder)
  const told = 'She keeps the lighthouse, and knows every ship that passes by its engine. '.repeat(4)
  const startMs = Date.UTC(2020, 0, 1)
  const lines = Array.from({ length: count }, (_, index) => {
    const isUser = index % 2 === 1
    const name = isUser ? 'Ren' : 'Nora'
    const send_date = new Date(startMs + index * 60_000).toISOString()
    const mes = `${index}. ${isUser ? 'Go on.' : told}`
    const swipes = index % 20 === 0 ? { swipes: [mes, `Or: ${mes}`], swipe_id: 0 } : {}
    return JSON.stringify({ name, is_user: isUser, send_date, mes, extra: {}, ...swipes })
  })
  const header = JSON.stringify({ chat_metadata: {}, user_name: 'unused', character_name: 'unused' })
  await writeFile(join(folder, FILE), [header, ...lines].join('\n'))
}

async function readAndHash(file: string): Promise<number> {
  const startMs = performance.now()
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex')
  return performance.now() - startMs
}
