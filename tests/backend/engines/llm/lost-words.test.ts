import { expect, test } from 'vitest'
import { type ReplyEvent } from '../../../../backend/engines/contracts.ts'
import { createOpenAiModel } from '../../../../backend/engines/llm/openai.ts'
import { chatOf, textOf } from '../../../contracts/language-model.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'
import { byModel, type ChatScript, says, startFakeChatServer } from '../../../support/fake-chat-server.ts'
import { SeededRandom } from '../../../support/seeded-random.ts'

const RUNS = 150
const ROUNDS_TO_READ = 20
const WORDS = [
  'Well',
  'grüße',
  '🎭',
  '你好，',
  'naïve',
  '<b>',
  'and',
  'so',
  '"it"',
  '𝒜',
  '\n\n',
  'ends…',
  '</',
  '<think',
]
const FALLBACK = 'Somebody else speaks now.'

type Fate = 'finishes' | 'resets' | 'ends without a finish' | 'reports an error'

interface Plan {
  /** What the first model would say. */
  readonly words: readonly string[]
  /** How many of them it gets out. */
  readonly said: number
  readonly fate: Fate
  readonly thinks: boolean
}

/** Cuts the bytes of a stream anywhere: between lines, in the middle of JSON, inside a character. */
function cutAnywhere(bytes: Uint8Array, random: SeededRandom): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let from = 0; from < bytes.length;) {
    const until = from + 1 + random.below(random.chance(0.3) ? 3 : 60)
    pieces.push(bytes.slice(from, until))
    from = until
  }
  return pieces
}

function planOf(random: SeededRandom): Plan {
  const words = Array.from(
    { length: 1 + random.below(12) },
    () => ` ${WORDS[random.below(WORDS.length)] ?? ''}`,
  )
  const fates: Fate[] = ['finishes', 'resets', 'ends without a finish', 'reports an error']
  const fate = fates[random.below(fates.length)] ?? 'finishes'
  const said = fate === 'finishes' ? words.length : random.below(words.length + 1)
  return { words, said, fate, thinks: random.chance(0.3) }
}

function scriptOf(plan: Plan, random: SeededRandom): ChatScript {
  const events = plan.words.slice(0, plan.said).map((content) => ({ choices: [{ delta: { content } }] }))
  const thoughts = plan.thinks ? [{ choices: [{ delta: { reasoning_content: 'I must not say this' } }] }] : []
  const ending: object[] = []
  if (plan.fate === 'finishes') ending.push({ choices: [{ delta: {}, finish_reason: 'stop' }] })
  if (plan.fate === 'reports an error') ending.push({ error: { message: 'gone' } })
  const stream = [...thoughts, ...events, ...ending]
    .map((event) => `data: ${JSON.stringify(event)}\n\n`)
    .join('')
  const pieces = cutAnywhere(new TextEncoder().encode(stream), random)
  return async (exchange) => {
    exchange.open()
    for (const piece of pieces) {
      exchange.raw(piece)
      await new Promise((resolve) => setImmediate(resolve))
    }
    if (plan.fate !== 'resets') {
      exchange.end()
      return
    }
    // Both ends live in this process: after a few rounds of its event loop the other one has read what was sent.
    for (let round = 0; round < ROUNDS_TO_READ; round += 1) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    exchange.destroy()
  }
}

test(`in ${RUNS} replies that are cut anywhere and fail anywhere, no word is lost, repeated or mixed`, async () => {
  await using server = await startFakeChatServer()
  const outcomes = new Map<string, number>()
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const random = new SeededRandom(seed)
    const plan = planOf(random)
    server.script = byModel({ first: scriptOf(plan, random), second: says(FALLBACK) })
    // A model of its own each time, so that nothing is left out because of what came before.
    await using model = createOpenAiModel({
      baseUrl: server.baseUrl,
      clock: new FakeClock(),
      model: 'first',
      fallbacks: [{ baseUrl: server.baseUrl, model: 'second' }],
    })
    const events: ReplyEvent[] = []
    let failure: unknown
    try {
      for await (const event of model.streamReply(chatOf('hello'), new AbortController().signal))
        events.push(event)
    } catch (error) {
      failure = error
    }
    const outcome = outcomeOf(plan, textOf(events), failure)
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  }
  // All that can happen has happened.
  expect([...outcomes.keys()].toSorted()).toEqual(['broken off', 'fallen back', 'finished'])
})

/** How it ended, or what was wrong with it. */
function outcomeOf(plan: Plan, heard: string, failure: unknown): string {
  const said = plan.words.slice(0, plan.said).join('')
  const faulty = `seed said ${JSON.stringify(said)} and ${plan.fate}, heard was ${JSON.stringify(heard)}`
  if (plan.fate === 'finishes') return heard === said && failure === undefined ? 'finished' : faulty
  // What might have become a tag is not given out when the stream breaks off.
  const isWhole =
    said.startsWith(heard) && ['', '<', '</', '<think'].includes(said.slice(heard.length).trim())
  if (failure !== undefined) return isWhole && heard !== '' ? 'broken off' : faulty
  // Somebody else may only begin where nothing had been said.
  return heard === FALLBACK && ['', '</', '<think'].includes(said.trim()) ? 'fallen back' : faulty
}
