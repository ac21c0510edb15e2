import { fork } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { z } from 'zod'
import { cardPng } from '../../support/cards.ts'
import { startTestApp } from '../../support/test-app.ts'
import { type Samples } from '../figures.ts'
import { type Line, linesOf } from '../line.ts'
import { inRounds } from '../rounds.ts'
import { type Effort, type Scenario } from '../scenario.ts'
import { withTemporaryFolder } from '../temporary-folder.ts'

/** Cards through the route, as a browser sends them: a request with all files, an answer line by line. */
export const cards: Scenario = {
  name: 'cards',
  run: (effort) => withTemporaryFolder((folder) => run(effort, folder)),
}

/** Random pixels do not get smaller: about as large as cards are that people share. */
const SIDE = 360

interface Round {
  readonly totalMs: Samples
  readonly firstMs: Samples
  readonly lagMs: Samples
}

const Report = z.object({ totalMs: z.number(), firstMs: z.number(), imported: z.number() })

async function run(effort: Effort, folder: string): Promise<readonly Line[]> {
  const count = effort.of(1_000, 200)
  const files = join(folder, 'files')
  await write(files, count)
  let rounds = 0
  const { results, isNoisy } = await inRounds(
    { ...effort.rounds, count: effort.of(3, 1), repeats: effort.of(1, 0) },
    async (): Promise<Round> => {
      const floor = await readAndHash(files)
      const ours = await imported(files, join(folder, `${rounds++}.db`), count)
      return {
        totalMs: { ours: [ours.totalMs], floor: [floor] },
        firstMs: { ours: [ours.firstMs] },
        lagMs: { ours: [ours.lagMs] },
      }
    },
  )
  const line = linesOf('cards', isNoisy)
  return [
    line(
      {
        metric: `${count} cards imported, ms`,
        floorName: 'reading and hashing them',
        goal: { p50: (20_000 * count) / 1_000 },
      },
      results.map(({ totalMs }) => totalMs),
    ),
    line(
      { metric: 'until the first is told of, ms' },
      results.map(({ firstMs }) => firstMs),
    ),
    line(
      { metric: 'event loop late meanwhile, p99, ms' },
      results.map(({ lagMs }) => lagMs),
    ),
  ]
}

async function imported(files: string, file: string, count: number) {
  await using app = await startTestApp({ file })
  const loop = monitorEventLoopDelay({ resolution: 2 })
  // The client has a process, and a core, of its own.
  const client = fork(
    new URL('import-process.ts', import.meta.url),
    [`${app.url}/api/characters/import`, files],
    {
      execArgv: ['--import', 'tsx'],
    },
  )
  const started = once(client, 'message')
  await started
  loop.enable()
  const answered = once(client, 'message')
  client.send('go')
  const [message]: unknown[] = await answered
  loop.disable()
  const report = Report.parse(message)
  if (report.imported !== count) throw new Error(`Only ${report.imported} of ${count} cards were imported`)
  return { ...report, lagMs: loop.percentile(99) / 1e6 }
}

async function write(folder: string, count: number): Promise<void> {
  await mkdir(folder)
  const size = { width: SIDE, height: SIDE }
  const pixels = randomBytes(SIDE * SIDE * 3)
  const story = 'She keeps the lighthouse, and knows every ship that passes by its engine. '.repeat(20)
  for (let index = 0; index < count; index++) {
    const name = `Keeper ${index}`
    const entries = [
      { keys: [`ship ${index}`], content: story, enabled: true, insertion_order: 0, extensions: {} },
    ]
    const character_book = { name: `Ships of ${name}`, extensions: {}, entries }
    const card = { name, description: `${name}. ${story}`, ...(index % 5 === 0 ? { character_book } : {}) }
    await writeFile(join(folder, `${index}.png`), cardPng(card, size, pixels))
  }
}

async function readAndHash(folder: string): Promise<number> {
  const startMs = performance.now()
  for (const name of await readdir(folder)) {
    createHash('sha256')
      .update(await readFile(join(folder, name)))
      .digest('hex')
  }
  return performance.now() - startMs
}
