import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { systemClock } from '../../../backend/lib/clock.ts'
import { type Store } from '../../../backend/store/contract.ts'
import { connectTo } from '../../../backend/store/sqlite/connection.ts'
import { matchAll, searchTerms } from '../../../backend/store/sqlite/search-terms.ts'
import { openSqliteStore } from '../../../backend/store/sqlite/sqlite-store.ts'
import { type Samples } from '../figures.ts'
import { type Line, linesOf } from '../line.ts'
import { inRounds } from '../rounds.ts'
import { type Effort, type Scenario } from '../scenario.ts'
import { withTemporaryFolder } from '../temporary-folder.ts'
import { cards, fillWithMessages, hanOf, wordOf } from './library-data.ts'

/** B12: finding things in a library of years. */
export const search: Scenario = {
  name: 'search',
  run: (effort) => withTemporaryFolder((folder) => run(effort, folder)),
}

const PAGE = 50
const NS_PER_MS = 1e6

/** The commonest, the rarest, beginnings, phrases, what is excluded, what is not there, scripts without spaces. */
const QUERIES = [
  'the',
  't',
  'th',
  'kal',
  'kalo',
  'mire',
  '"of the"',
  '"and the and"',
  'the -and',
  'the zebra',
  'zebra',
  `the ${wordOf(5_000)}`,
  wordOf(25_000),
  `${wordOf(300)} ${wordOf(500)} ${wordOf(900)}`,
  hanOf(0),
  hanOf(2_000),
  hanOf(0) + hanOf(1),
  hanOf(50) + hanOf(700),
  hanOf(0) + hanOf(1) + hanOf(2),
]
/** As they are typed, letter by letter. */
const TYPED = ['n', 'ne', 'nek', 'neka', 'tag:the', 'tag:loka lo', '-tag:vo', 'creator:maker', '"loka mi', '']

async function run(effort: Effort, folder: string): Promise<readonly Line[]> {
  const file = join(folder, 'ours.db')
  const stored = effort.of(1_000_000, 100_000)
  const [conversation = ''] = await fillWithMessages(file, stored)
  const rawFile = join(folder, 'raw.db')
  await copyFile(file, rawFile)
  await using ours = await openSqliteStore({ file, clock: systemClock })
  using raw = openRaw(rawFile)
  const characters = effort.of(10_000, 2_000)
  for (const card of cards(characters)) await ours.characters.create(card)
  const pageBytes = await firstPageBytes(ours)
  const lagMs: number[] = []
  const { results, isNoisy } = await inRounds(effort.rounds, async () => ({
    searches: await searches(ours, raw, lagMs),
    keystrokes: await keystrokes(ours),
    jumps: await jumps(ours, conversation),
  }))
  const line = linesOf('search', isNoisy)
  return [
    line(
      {
        metric: `a page of ${stored} messages, ms`,
        floorName: 'the same MATCH, newest first',
        goal: { p99: 100 },
      },
      results.map(({ searches: samples }) => samples),
    ),
    line({ metric: 'event loop held up meanwhile, ms', goal: { p99: 100 } }, [{ ours: lagMs }]),
    line(
      { metric: `a keystroke over ${characters} characters, ms`, goal: { p99: 25 } },
      results.map(({ keystrokes: samples }) => samples),
    ),
    line({ metric: 'the first page of characters, kB', goal: { p50: 200 }, isTimed: false }, [
      { ours: [pageBytes / 1000] },
    ]),
    line(
      { metric: `a page anywhere in ${stored / 10} messages, ms`, goal: { p99: 50 } },
      results.map(({ jumps: samples }) => samples),
    ),
  ]
}

async function searches(ours: Store, raw: Raw, lagMs: number[]): Promise<Samples> {
  using lag = watchedLoop()
  const samples = {
    ours: await timesMs(QUERIES, (query) => ours.search({ query, kind: 'message', limit: PAGE })),
    floor: await timesMs(QUERIES, (query) => raw.newest(query)),
  }
  lagMs.push(lag.maxMs())
  return samples
}

async function keystrokes(ours: Store): Promise<Samples> {
  const sorts = ['name', 'recent'] as const
  const times = sorts.map((sort) =>
    timesMs(TYPED, (query) => ours.characters.heads({ query, sort, limit: 100 })),
  )
  return { ours: (await Promise.all(times)).flat() }
}

/** To places all over a conversation, and around a message in its middle. */
async function jumps(ours: Store, conversation_id: string): Promise<Samples> {
  const { count } = await ours.messages.locate(conversation_id)
  const shares = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.999]
  const offsets = shares.map((share) => Math.floor(count * share))
  const middle = await ours.messages.list({ conversation_id, offset: Math.floor(count / 2), limit: 1 })
  const byIndex = await timesMs(offsets, (offset) =>
    ours.messages.list({ conversation_id, offset, limit: PAGE }),
  )
  const byMessage = await timesMs(middle, ({ message_id }) =>
    ours.messages.list({ conversation_id, around: message_id, limit: PAGE }),
  )
  return { ours: [...byIndex, ...byMessage] }
}

async function firstPageBytes(ours: Store): Promise<number> {
  return Buffer.byteLength(JSON.stringify(await ours.characters.heads({ limit: 100 })))
}

interface Raw extends Disposable {
  readonly newest: (query: string) => unknown
}

/** The floor: the index alone, written by hand. */
function openRaw(file: string): Raw {
  const sqlite = connectTo(file)
  const newest = sqlite.prepare<[string | undefined, number]>(
    `SELECT messages.* FROM message_search JOIN messages ON messages.position = message_search.rowid
     WHERE message_search MATCH ? ORDER BY message_search.rowid DESC LIMIT ?`,
  )
  return {
    newest: (query) => newest.all(matchAll(searchTerms(query), 'content'), PAGE),
    [Symbol.dispose]: () => {
      sqlite.close()
    },
  }
}

function watchedLoop(): Disposable & { maxMs(): number } {
  const histogram = monitorEventLoopDelay({ resolution: 1 })
  histogram.enable()
  return {
    maxMs: () => histogram.max / NS_PER_MS,
    [Symbol.dispose]: () => {
      histogram.disable()
    },
  }
}

async function timesMs<Item>(items: readonly Item[], act: (item: Item) => unknown): Promise<number[]> {
  const times: number[] = []
  for (const item of items) {
    const startMs = performance.now()
    await act(item)
    times.push(performance.now() - startMs)
  }
  return times
}
