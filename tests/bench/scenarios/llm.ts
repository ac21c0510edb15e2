import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import OpenAI from 'openai'
import { Config } from '../../../backend/config.ts'
import { type LanguageModel, type ReplyRequest } from '../../../backend/engines/contracts.ts'
import { createLanguageModel } from '../../../backend/engines/registry.ts'
import { systemClock } from '../../../backend/lib/clock.ts'
import { type Line, linesOf } from '../line.ts'
import { inRounds } from '../rounds.ts'
import { type Effort, type Scenario } from '../scenario.ts'

/** What our layer over the `openai` package costs until the first token, one after another on the same server. */
export const llm: Scenario = { name: 'llm', run }

const MESSAGES = [
  { role: 'system' as const, content: 'You are Nora, the keeper of a harbour. '.repeat(40) },
  ...Array.from({ length: 30 }, (_, index) => ({
    role: index % 2 === 0 ? ('user' as const) : ('assistant' as const),
    content: `Line ${index} of what has been said: where is the boat, and who took it out in this weather?`,
  })),
]

interface Round {
  readonly ours: readonly number[]
  readonly bare: readonly number[]
}

async function run(effort: Effort): Promise<readonly Line[]> {
  await using server = await startServer()
  const { baseUrl } = server
  await using model = createLanguageModel(configOf(baseUrl), systemClock)
  const client = new OpenAI({ baseURL: baseUrl, apiKey: 'none', maxRetries: 0, logLevel: 'off' })
  await alternate(model, client, 100)
  const replies = effort.of(500, 200)
  const { results, isNoisy } = await inRounds(effort.rounds, () => alternate(model, client, replies))
  const line = linesOf('llm', isNoisy)
  return [
    line(
      { metric: 'request → first token, ms', floorName: 'bare openai client' },
      results.map(({ ours, bare }) => ({ ours, floor: bare })),
    ),
    line(
      { metric: 'of which our layer, each beside its neighbour, ms', goal: { p50: 1, p99: 5 } },
      results.map(({ ours, bare }) => ({
        ours: ours.map((latencyMs, index) => latencyMs - (bare[index] ?? NaN)),
      })),
    ),
  ]
}

/** Everything that costs something is on: fallbacks, retries, tools, stop texts, prices. */
function configOf(baseUrl: string): Config {
  return Config.parse({
    llm_base_url: baseUrl,
    llm_model: 'instant',
    llm_fallback_models: 'second,third',
    llm_models: [{ id: 'instant', prices: { prompt: 1, completion: 2 }, settings: { temperature: 0.8 } }],
  })
}

/** Now one first, now the other, so that neither has the better place. */
async function alternate(model: LanguageModel, client: OpenAI, replies: number): Promise<Round> {
  const ours: number[] = []
  const bare: number[] = []
  for (let reply = 0; reply < replies; reply += 1) {
    if (reply % 2 === 0) ours.push(await ourFirstToken(model))
    bare.push(await bareFirstToken(client))
    if (reply % 2 === 1) ours.push(await ourFirstToken(model))
  }
  return { ours, bare }
}

const SPEAKER = { id: 'nora', name: 'Nora', personality: '', firstMessage: '' }
const REQUEST: ReplyRequest = {
  messages: MESSAGES,
  settings: { top_p: 0.9, max_tokens: 300 },
  scene: { speaker: SPEAKER, cast: [SPEAKER], history: [] },
  tools: [{ name: 'roll_dice', description: 'Rolls dice.', parameters: { type: 'object', properties: {} } }],
  stops: ['\nUser:', '\nHugo:', '\nIris:', '\nFelix:', '\nAda:'],
}
const NEVER = new AbortController().signal

async function ourFirstToken(model: LanguageModel): Promise<number> {
  const startMs = performance.now()
  let latencyMs = NaN
  for await (const event of model.streamReply(REQUEST, NEVER)) {
    if (event.type === 'text' && Number.isNaN(latencyMs)) latencyMs = performance.now() - startMs
  }
  return latencyMs
}

async function bareFirstToken(client: OpenAI): Promise<number> {
  const startMs = performance.now()
  let latencyMs = NaN
  const stream = await client.chat.completions.create({ model: 'instant', messages: MESSAGES, stream: true })
  for await (const chunk of stream) {
    if (chunk.choices[0]?.delta.content && Number.isNaN(latencyMs)) latencyMs = performance.now() - startMs
  }
  return latencyMs
}

interface ServerProcess extends AsyncDisposable {
  readonly baseUrl: string
}

async function startServer(): Promise<ServerProcess> {
  const child: ChildProcess = fork(new URL('llm-server-process.ts', import.meta.url), {
    execArgv: ['--import', 'tsx'],
  })
  const message: Promise<unknown[]> = once(child, 'message')
  const [port] = await message
  return {
    baseUrl: `http://127.0.0.1:${String(port)}/v1`,
    async [Symbol.asyncDispose]() {
      const exited = once(child, 'exit')
      child.kill()
      await exited
    },
  }
}
