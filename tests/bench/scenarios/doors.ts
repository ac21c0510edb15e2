import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { broken, type Line, linesOf } from '../line.ts'
import { inRounds } from '../rounds.ts'
import { type Effort, type Scenario } from '../scenario.ts'
import { overHttp, overSocket, type SocketTalk, type Way } from './door-clients.ts'
import { leases } from './runner-lease.ts'

/** What each door costs until the first word, over asking the same model server directly, one beside the other. */
export const doors: Scenario = { name: 'doors', run }

const TEXT = 'Where is the boat, and who took it out in this weather?'
const MESSAGES = [
  { role: 'system', content: 'You are the keeper of a harbour. '.repeat(40) },
  ...Array.from({ length: 10 }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: `Line ${index} of what has been said. ${TEXT}`,
  })),
  { role: 'user', content: TEXT },
]
const ASKED = { model: 'instant', messages: MESSAGES, stream: true }
const DIRECT = 'direct'
/** Beside every door stands what only passes on. */
const FLOOR = 'a bare proxy'

type Ways = ReadonlyMap<string, Way>
type Round = ReadonlyMap<string, readonly number[]>

async function run(effort: Effort): Promise<readonly Line[]> {
  await using upstream = await start('llm-server-process.ts', [])
  const baseUrl = `http://127.0.0.1:${String(upstream.told)}/v1`
  await using proxy = await start('bare-proxy-process.ts', [baseUrl])
  await using troupe = await start('doors-server-process.ts', [baseUrl])
  const urls = { direct: baseUrl, proxy: `http://127.0.0.1:${String(proxy.told)}/v1`, ...urlsOf(troupe.told) }
  const { ways, faults } = await opened(waysIn(urls))
  try {
    await interleaved(ways, effort.of(100, 30))
    const each = effort.of(300, 60)
    const { results, isNoisy } = await inRounds(effort.rounds, () => interleaved(ways, each))
    const names = [...ways.keys()].filter((name) => name !== DIRECT && name !== FLOOR)
    const added = names.map((name) => lineOf(name, { results, isNoisy }))
    return [...added, ...faults, await leaseLine(effort)]
  } finally {
    for (const { close } of ways.values()) close()
  }
}

/** What a request pays for a runner that is there already. */
async function leaseLine(effort: Effort): Promise<Line> {
  await leases(100)
  const { results, isNoisy } = await inRounds(effort.rounds, () => leases(effort.of(2_000, 300)))
  const question = { metric: 'a lease of a runner that is ready, ms', goal: { p50: 1, p99: 5 } }
  return linesOf('doors', isNoisy)(
    question,
    results.map((ours) => ({ ours })),
  )
}

/** Those that answer, each asked once; what is wrong with the others stands in a line of its own. */
async function opened(
  all: readonly (readonly [string, () => Promise<Way>])[],
): Promise<{ ways: Ways; faults: readonly Line[] }> {
  const ways = new Map<string, Way>()
  const faults: Line[] = []
  for (const [name, open] of all) {
    try {
      const way = await open()
      await way.firstWord()
      ways.set(name, way)
    } catch (error) {
      if (name === DIRECT || name === FLOOR) throw error
      faults.push(broken(`doors: ${name}`, error))
    }
  }
  return { ways, faults }
}

function lineOf(name: string, { results, isNoisy }: { results: readonly Round[]; isNoisy: boolean }): Line {
  const added = results.map((round) => ({ ours: addedBy(name, round), floor: addedBy(FLOOR, round) }))
  const goal = { p50: 1, p99: 5 }
  const question = { metric: `${name}: added until the first word, ms`, goal, floorName: FLOOR }
  return linesOf('doors', isNoisy)(question, added)
}

/** Each time against the direct call beside it. */
function addedBy(name: string, round: Round): number[] {
  const direct = round.get(DIRECT) ?? []
  return (round.get(name) ?? []).map((ms, index) => ms - (direct[index] ?? NaN))
}

/** One after another, each time beginning with another one, so that none has the better place. */
async function interleaved(ways: Ways, times: number): Promise<Round> {
  const entries = [...ways]
  const latencies = new Map(entries.map(([name]) => [name, [] as number[]]))
  for (let time = 0; time < times; time += 1) {
    const shift = time % entries.length
    for (const [name, { firstWord }] of [...entries.slice(shift), ...entries.slice(0, shift)]) {
      latencies.get(name)?.push(await firstWord())
    }
  }
  return latencies
}

interface Urls extends DoorUrls {
  readonly direct: string
  readonly proxy: string
}

interface DoorUrls {
  readonly main: string
  readonly ollama: string
  readonly lmstudio: string
}

const http = (url: string, body: object) => () => Promise.resolve(overHttp(url, body))
const socket = (url: string, talk: SocketTalk) => () => overSocket(url.replace('http', 'ws'), talk)

function waysIn({ direct, proxy, main, ollama, lmstudio }: Urls) {
  const input = { model: 'instant', input: MESSAGES, stream: true }
  return [
    [DIRECT, http(`${direct}/chat/completions`, ASKED)],
    [FLOOR, http(`${proxy}/chat/completions`, ASKED)],
    ['OpenAI', http(`${main}/v1/chat/completions`, ASKED)],
    ['OpenAI Responses', http(`${main}/v1/responses`, input)],
    ['Ollama', http(`${ollama}/api/chat`, ASKED)],
    ['LM Studio v0', http(`${lmstudio}/api/v0/chat/completions`, ASKED)],
    ['LM Studio SDK', socket(`${lmstudio}/llm`, sdkTalk())],
    ['Realtime, text', socket(`${main}/v1/realtime?model=instant`, realtimeTalk())],
  ] as const
}

function sdkTalk(): SocketTalk {
  let channelId = 0
  const layers = [{ layerName: 'apiOverride', config: { fields: [] } }]
  const messages = MESSAGES.map(({ role, content }) => ({ role, content: [{ type: 'text', text: content }] }))
  const creationParameter = {
    modelSpecifier: { type: 'query', query: { identifier: 'instant' } },
    history: { messages },
    predictionConfigStack: { layers },
  }
  return {
    greeting: [{ authVersion: 1, clientIdentifier: 'bench', clientPasskey: 'bench' }],
    question: () => {
      channelId += 1
      return [{ type: 'channelCreate', endpoint: 'predict', channelId, creationParameter }]
    },
    end: '"channelClose"',
  }
}

/** Out of band, so that the conversation does not grow from question to question. */
function realtimeTalk(): SocketTalk {
  const input = MESSAGES.map(({ role, content }) => ({
    type: 'message',
    role,
    content: [{ type: role === 'assistant' ? 'output_text' : 'input_text', text: content }],
  }))
  const response = { conversation: 'none', output_modalities: ['text'], input }
  return {
    greeting: [],
    question: () => [{ type: 'response.create', response }],
    end: '"response.done"',
  }
}

function urlsOf(told: unknown): DoorUrls {
  const of = (name: keyof DoorUrls): string =>
    typeof told === 'object' && told !== null ? String(Reflect.get(told, name)) : ''
  return { main: of('main'), ollama: of('ollama'), lmstudio: of('lmstudio') }
}

interface Started extends AsyncDisposable {
  /** The first thing that it sent. */
  readonly told: unknown
}

async function start(file: string, args: readonly string[]): Promise<Started> {
  const child: ChildProcess = fork(new URL(file, import.meta.url), args, { execArgv: ['--import', 'tsx'] })
  const message: Promise<unknown[]> = once(child, 'message')
  const ended = once(child, 'exit').then(() => {
    throw new Error(`${file} ended before it was ready`)
  })
  ended.catch(() => {}) // It ends some time.
  const [told] = await Promise.race([message, ended])
  return {
    told,
    async [Symbol.asyncDispose]() {
      const exited = once(child, 'exit')
      child.kill()
      await exited
    },
  }
}
