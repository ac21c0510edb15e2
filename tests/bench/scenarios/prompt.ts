import { type Message } from '#shared/entities.ts'
import { assemblePrompt } from '../../../backend/prompt/assemble-prompt.ts'
import { type AssemblyInput } from '../../../backend/prompt/prompt-input.ts'
import { type PromptMemory } from '../../../backend/prompt/prompt-memory.ts'
import { cachedTokens, estimatedTokens } from '../../../backend/prompt/token-counter.ts'
import { card, lorebook, nora, promptInput, said } from '../../support/prompts.ts'
import { SeededRandom } from '../../support/seeded-random.ts'
import { quantile } from '../figures.ts'
import { type Line, linesOf } from '../line.ts'
import { inRounds } from '../rounds.ts'
import { type Effort, type Scenario } from '../scenario.ts'

/** What a prompt costs, in a conversation and a world that are as large as they get. */
export const prompt: Scenario = { name: 'prompt', run }

const MESSAGES = 100_000
const ENTRIES = 5_000
const KEYS_PER_ENTRY = 3
const GOAL_P95_MS = 10
const WARM_UP_TURNS = 100

const ASKED = said('Sam', '')
const ANSWERED = said(nora, '')

interface World {
  readonly history: readonly Message[]
  readonly input: AssemblyInput
  readonly words: readonly string[]
}

async function run(effort: Effort): Promise<readonly Line[]> {
  const world = makeWorld(MESSAGES, ENTRIES)
  oneRound(world, WARM_UP_TURNS)
  const { results, isNoisy } = await inRounds(effort.rounds, async () => oneRound(world, effort.of(300, 60)))
  const line = linesOf('prompt', isNoisy)
  const first = results.map(({ firstMs }) => ({ ours: [firstMs] }))
  const p95 = results.map(({ turnMs }) => ({ ours: [quantile(turnMs, 0.95)] }))
  const cpu = results.map(({ cpuMs }) => ({ ours: [quantile(cpuMs, 0.95)] }))
  const all = results.map(({ turnMs }) => ({ ours: turnMs }))
  const size = `${world.history.length} messages, ${world.input.lorebooks[0]?.entries.length ?? 0} entries`
  return [
    line({ metric: `assembly p95 per round (ms), ${size}`, goal: { p50: GOAL_P95_MS } }, p95),
    line({ metric: 'assembly (ms)' }, all),
    line({ metric: 'processor time of an assembly, p95 per round (ms)' }, cpu),
    line({ metric: 'first assembly with a new book, its keys are compiled (ms)' }, first),
  ]
}

/** A turn at a time, as in a conversation: each adds a message, and is told what the one before remembered. */
function oneRound({ history, input, words }: World, turns: number) {
  const random = new SeededRandom(11)
  const counter = cachedTokens(estimatedTokens)
  const [book] = input.lorebooks
  // A version of its own: nothing of it is compiled yet.
  const lorebooks = book ? [{ ...book, updated_at: `${book.updated_at} ${performance.now()}` }] : []
  const lines = [...history]
  const turnMs: number[] = []
  const cpuMs: number[] = []
  let memory: PromptMemory | undefined
  for (let turn = 0; turn < turns; turn += 1) {
    lines.push(spoken(random, words, lines.length))
    const startCpu = process.cpuUsage()
    const startMs = performance.now()
    const made = assemblePrompt({ ...input, lorebooks, counter, history: lines, memory })
    turnMs.push(performance.now() - startMs)
    const { user, system } = process.cpuUsage(startCpu)
    cpuMs.push((user + system) / 1_000)
    memory = made.memory
  }
  const [firstMs = NaN, ...others] = turnMs
  return { firstMs, turnMs: others, cpuMs: cpuMs.slice(1) }
}

function makeWorld(messageCount: number, entryCount: number): World {
  const random = new SeededRandom(5)
  const words = Array.from({ length: entryCount * KEYS_PER_ENTRY }, () => word(random))
  const entries = Array.from({ length: entryCount }, (_, index) => ({
    keys: words.slice(index * KEYS_PER_ENTRY, (index + 1) * KEYS_PER_ENTRY),
    content: `${sentence(random, words, 2)} ${'It is told in the harbour. '.repeat(3)}`,
    order: random.below(1_000),
  }))
  const history = Array.from({ length: messageCount }, (_, index) => spoken(random, words, index))
  const input = promptInput({
    speaker: card('Nora', { description: '{{char}} keeps the harbour. '.repeat(20), personality: 'Dry.' }),
    lorebooks: [lorebook(entries, { is_recursive: true, scan_depth: 4 })],
    history,
  })
  return { history, input, words }
}

function spoken(random: SeededRandom, words: readonly string[], index: number): Message {
  const content = sentence(random, words, 3)
  const more = { message_id: `m${index}`, content }
  return index % 2 === 0 ? { ...ASKED, ...more } : { ...ANSWERED, ...more }
}

/** Words of every day, and some of which a book speaks. */
function sentence(random: SeededRandom, words: readonly string[], keys: number): string {
  const known = Array.from({ length: keys }, () => words[random.below(words.length)])
  return `I have heard of ${known.join(' and ')}, but nobody in this town will say what it was, or where.`
}

function word(random: SeededRandom): string {
  const length = 5 + random.below(6)
  return Array.from({ length }, () => String.fromCharCode(97 + random.below(26))).join('')
}
