import { setImmediate as nextTick, setTimeout as delay } from 'node:timers/promises'
import { type LanguageModel, type ReplyRequest } from '../../../backend/engines/contracts.ts'
import { systemClock } from '../../../backend/lib/clock.ts'
import { deferred } from '../../../backend/lib/deferred.ts'
import { FakeLanguageModel, type FakeReply } from '../../fakes/fake-language-model.ts'
import { type Samples } from '../figures.ts'
import { type Line, linesOf } from '../line.ts'
import { inRounds } from '../rounds.ts'
import { type Effort, type Scenario } from '../scenario.ts'
import { Call } from './call.ts'
import { InstantVoice } from './instant-voice.ts'
import { StampedModel } from './stamped-model.ts'

/** B7 and B8: what the pipeline adds to engines that cost nothing, from the model's token to the first frame. */
export const firstAudio: Scenario = { name: 'first-audio', run }

const DELTAS = [
  'The boat leaves at noon',
  '.',
  ' We',
  ' should',
  ' be',
  ' there',
  ' soon',
  ' after',
  ' that',
  '.',
]
/** Which token the time is counted from: the first one, or the one that ends the first sentence. */
const AT_ONCE = { reply: { deltas: DELTAS }, from: 0 }
const PACED = { reply: { deltas: DELTAS, tokenMs: 20 }, from: 1 }
const MANY_CALLS = 30
const FLOOR = 'the same engines, no queues'

interface Round {
  readonly atOnce: Required<Samples>
  readonly fromMessage: Samples
  readonly paced: Required<Samples>
  readonly manyCalls: Required<Samples>
  readonly cpuPercent: Samples
}

async function run(effort: Effort): Promise<readonly Line[]> {
  await turns(AT_ONCE, 20)
  await floorTurns(AT_ONCE, 20)
  const { results, isNoisy } = await inRounds(effort.rounds, () => round(effort))
  const line = linesOf('first audio', isNoisy)
  const all = (name: keyof Round): Samples[] => results.map((result) => result[name])
  return [
    line(
      {
        metric: 'tokens at once: first token → first frame, ms',
        floorName: FLOOR,
        goal: { p50: 0.3, p99: 2 },
      },
      all('atOnce'),
    ),
    line({ metric: 'the same, from the user’s message, ms' }, all('fromMessage')),
    line(
      {
        metric: 'a token every 20 ms: end of sentence → first frame, ms',
        floorName: FLOOR,
        goal: { p50: 21, p99: 23 },
      },
      all('paced'),
    ),
    line(
      { metric: `the same, ${MANY_CALLS} calls at once, ms`, floorName: FLOOR, goal: { p50: 21, p99: 26 } },
      all('manyCalls'),
    ),
    line({ metric: 'CPU of one of them, % of a core', goal: { p50: 0.3 } }, all('cpuPercent')),
  ]
}

async function round(effort: Effort): Promise<Round> {
  const atOnceTurns = effort.of(100, 70)
  const pacedTurns = effort.of(40, 8)
  const ours = await turns(AT_ONCE, atOnceTurns)
  const floor = await floorTurns(AT_ONCE, atOnceTurns)
  const oursPaced = await turns(PACED, pacedTurns)
  const floorPaced = await floorTurns(PACED, pacedTurns)
  const calls = await manyCalls(effort.of(4, 1))
  const floorCalls = await Promise.all(
    Array.from({ length: MANY_CALLS }, async (_, index) => {
      await delay(index * 7)
      return floorTurns(PACED, effort.of(10, 4))
    }),
  )
  return {
    atOnce: { ours: ours.afterToken, floor },
    fromMessage: { ours: ours.afterMessage },
    paced: { ours: oursPaced.afterToken, floor: floorPaced },
    manyCalls: { ours: calls.afterToken, floor: floorCalls.flat() },
    cpuPercent: { ours: [calls.cpuPercent] },
  }
}

interface Script {
  readonly reply: FakeReply
  readonly from: number
}

function stamped({ reply, from }: Script): StampedModel {
  return new StampedModel(new FakeLanguageModel(systemClock, reply), from)
}

/** One turn after another, each interrupted after its first frame. */
async function turns(script: Script, count: number) {
  const model = stamped(script)
  await using call = new Call(model)
  const afterToken: number[] = []
  const afterMessage: number[] = []
  for (let turn = 0; turn < count; turn++) {
    const { askedAtMs, frameAtMs } = await call.firstFrame()
    afterToken.push(frameAtMs - model.stampMs)
    afterMessage.push(frameAtMs - askedAtMs)
    call.interrupt()
    await nextTick()
  }
  return { afterToken, afterMessage }
}

/** Many calls at once, each heard to its end. */
async function manyCalls(turnsEach: number) {
  const before = process.cpuUsage()
  const startMs = performance.now()
  const latencies = await Promise.all(
    Array.from({ length: MANY_CALLS }, async (_, index) => {
      const model = stamped(PACED)
      await using call = new Call(model)
      await delay(index * 7)
      const afterToken: number[] = []
      for (let turn = 0; turn < turnsEach; turn++) {
        const { frameAtMs } = await call.firstFrame()
        afterToken.push(frameAtMs - model.stampMs)
        await call.ended
      }
      return afterToken
    }),
  )
  const { user, system } = process.cpuUsage(before)
  const cpuMs = (user + system) / 1000
  const cpuPercent = (100 * cpuMs) / (performance.now() - startMs) / MANY_CALLS
  return { afterToken: latencies.flat(), cpuPercent }
}

const NOBODY = { id: 'nora', name: 'Nora', personality: '', firstMessage: '' }
const REQUEST: ReplyRequest = {
  messages: [],
  settings: {},
  scene: { speaker: NOBODY, cast: [NOBODY], history: [] },
}

/** The least that can stand between a model and a voice: the first sentence, as soon as it has ended, is spoken. */
async function floorTurns(script: Script, count: number): Promise<number[]> {
  const model = stamped(script)
  const voice = new InstantVoice()
  const latencies: number[] = []
  for (let turn = 0; turn < count; turn++) {
    const frameAtMs = await floorTurn(model, async (text, signal) => {
      for await (const { pcm } of voice.synthesize({ text, voice: {} }, signal)) {
        if (pcm.subarray(0, 640).length > 0) return performance.now()
      }
      return NaN
    })
    latencies.push(frameAtMs - model.stampMs)
    await nextTick()
  }
  return latencies
}

async function floorTurn(
  model: LanguageModel,
  speak: (text: string, signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const stop = new AbortController()
  const frame = deferred<number>()
  let text = ''
  for await (const event of model.streamReply(REQUEST, stop.signal)) {
    if (event.type !== 'text') continue
    text += event.text
    const sentence = /^.*?[.!?](?=\s)/.exec(text)?.[0]
    if (sentence === undefined) continue
    speak(sentence, stop.signal).then(frame.resolve, frame.reject)
    break
  }
  return frame.promise
}
