import { setImmediate as nextTick, setTimeout as delay } from 'node:timers/promises'
import { systemClock } from '../../../backend/lib/clock.ts'
import { FakeLanguageModel } from '../../fakes/fake-language-model.ts'
import { FakeSynthesizer } from '../../fakes/fake-synthesizer.ts'
import { startTestApp, type TestApp } from '../../support/test-app.ts'
import { type Samples } from '../figures.ts'
import { type Line, linesOf } from '../line.ts'
import { inRounds } from '../rounds.ts'
import { type Effort, type Scenario } from '../scenario.ts'
import { withTemporaryFolder } from '../temporary-folder.ts'
import { startBareStreamer } from './bare-streamer.ts'
import { Call } from './call.ts'
import { Generator, type Report } from './generator.ts'

/** B9: how fast an interruption takes effect, in the server and at clients in another process. */
export const interrupt: Scenario = {
  name: 'interrupt',
  run: (effort) => withTemporaryFolder((folder) => run(effort, folder)),
}

type Interrupted = Extract<Report, { type: 'interrupted' }>

const MANY = 100
/** Above this the clients were late themselves. */
const MAX_GENERATOR_LATENESS_MS = 5
/** Forty words, as fast as a good model gives them out: the voice talks on long after. */
const REPLY = 'The boat leaves at noon, and we will be there soon. '.repeat(4).match(/\s*\S+/g) ?? []
const TOKEN_MS = 20
const WORD_MS = 300

interface Round {
  readonly mechanismMs: readonly number[]
  readonly one: { readonly ours: Interrupted; readonly floor: Interrupted }
  readonly many: { readonly ours: Interrupted; readonly floor: Interrupted }
}

async function run(effort: Effort, folder: string): Promise<readonly Line[]> {
  await using app = await talkingApp(folder)
  await using bare = await startBareStreamer()
  await using generator = new Generator()
  const job = { type: 'interrupt', interruptsEach: 2, connections: 1, minTalkMs: 40, maxTalkMs: 120 } as const
  const at = (wsUrl: string, connections: number, interruptsEach: number): Promise<Interrupted> => {
    const talk =
      connections === 1 ? {} : { minTalkMs: effort.of(2_000, 1_000), maxTalkMs: effort.of(6_000, 3_000) }
    return generator.run({ ...job, ...talk, wsUrl, connections, interruptsEach }, 'interrupted')
  }
  await at(app.wsUrl, 1, 5)
  await at(bare.wsUrl, 1, 5)
  const both = async (connections: number, interruptsEach: number) => ({
    ours: await at(app.wsUrl, connections, interruptsEach),
    floor: await at(bare.wsUrl, connections, interruptsEach),
  })
  const round = async (): Promise<Round> => ({
    mechanismMs: await mechanism(effort.of(40, 10)),
    one: await both(1, effort.of(30, 4)),
    many: await both(MANY, 1),
  })
  const { results, isNoisy } = await inRounds(effort.rounds, round, hadLateClients)
  return lines(results, isNoisy)
}

function hadLateClients({ one, many }: Round): boolean {
  const runs = [one.ours, one.floor, many.ours, many.floor]
  return runs.some(({ ownLatenessMs }) => ownLatenessMs > MAX_GENERATOR_LATENESS_MS)
}

function lines(rounds: readonly Round[], isNoisy: boolean): readonly Line[] {
  const line = linesOf('interrupt', isNoisy)
  const clients = (name: 'one' | 'many', figure: 'ackMs' | 'lastOldFrameMs'): Samples[] =>
    rounds.map((round) => ({ ours: round[name].ours[figure], floor: round[name].floor[figure] }))
  const stale = rounds.reduce((sum, { one, many }) => sum + one.ours.stale + many.ours.stale, 0)
  const count = rounds.flatMap(({ one, many }) => [one.ours.ackMs, many.ours.ackMs]).flat().length
  const floorName = 'bare ws streamer'
  return [
    line(
      { metric: 'in the server: the call, until its acknowledgement has left, ms', goal: { p99: 0.5 } },
      rounds.map(({ mechanismMs }) => ({ ours: mechanismMs })),
    ),
    line(
      { metric: '1 connection: → acknowledged, ms', floorName, goal: { p99: 10 } },
      clients('one', 'ackMs'),
    ),
    line({ metric: '1 connection: → last old frame, ms', floorName }, clients('one', 'lastOldFrameMs')),
    line(
      { metric: `${MANY} talking: → acknowledged, ms`, floorName, goal: { p99: 10 } },
      clients('many', 'ackMs'),
    ),
    line({ metric: `${MANY} talking: → last old frame, ms`, floorName }, clients('many', 'lastOldFrameMs')),
    line(
      {
        metric: `anything old after the acknowledgement, in ${count} interruptions`,
        goal: { p50: 0 },
        isTimed: false,
      },
      [{ ours: [stale] }],
    ),
  ]
}

/** The whole server, with engines that cost nothing and take their time. */
async function talkingApp(folder: string): Promise<TestApp> {
  const model = new FakeLanguageModel(systemClock, { deltas: REPLY, tokenMs: TOKEN_MS })
  const synthesizer = new FakeSynthesizer({ clock: systemClock, ttfbMs: 0, wordMs: WORD_MS })
  return startTestApp({ engines: { model, synthesizer }, file: `${folder}/interrupt.db` })
}

/** The call itself, in the middle of the sound. */
async function mechanism(count: number): Promise<number[]> {
  await using call = new Call(new FakeLanguageModel(systemClock, { deltas: REPLY, tokenMs: TOKEN_MS }))
  const durations: number[] = []
  for (let turn = 0; turn < count; turn++) {
    await call.firstFrame()
    await delay(20)
    const startMs = performance.now()
    call.interrupt()
    durations.push(performance.now() - startMs)
    await nextTick()
  }
  return durations
}
