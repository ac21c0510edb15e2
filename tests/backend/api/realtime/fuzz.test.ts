import { beforeAll, describe, expect, it } from 'vitest'
import { betaEvent } from '../../../../backend/api/realtime/beta.ts'
import { type ServerEvent } from '../../../../backend/api/realtime/server-events.ts'
import { AppError } from '../../../../backend/errors.ts'
import { type FakeReply } from '../../../fakes/fake-language-model.ts'
import { RealtimeFuzz } from '../../../support/realtime-fuzz.ts'
import { type EventFault, realtimeFaults } from '../../../support/realtime-schemas.ts'
import { RealtimeStage } from '../../../support/realtime-stage.ts'
import { SeededRandom } from '../../../support/seeded-random.ts'

/** `TROUPE_TEST_REALTIME_EVENTS=100000` for the long run. */
const EVENTS = Number(process.env['TROUPE_TEST_REALTIME_EVENTS'] ?? 3_000)
const SEED = Number(process.env['TROUPE_TEST_REALTIME_SEED'] ?? 40_501)
const EVENTS_OF_A_SESSION = 100
const GROUPS = 4

let faults: { readonly ga: EventFault; readonly beta: EventFault }
beforeAll(async () => {
  faults = await realtimeFaults()
})

/** A model in all its moods. */
function reply(random: SeededRandom): FakeReply {
  const call = { id: 'call_1', name: 'weather', argumentsJson: '{"city":"Ulm"}' }
  return {
    deltas: Array.from({ length: random.below(4) }, (_, index) => `Sentence number ${index} is said. `),
    tokenMs: random.below(300),
    ...(random.chance(0.15) ? { toolCalls: [call, { ...call, id: 'call_2' }] } : {}),
    ...(random.chance(0.1) ? { ending: new AppError('engine_failed', 'It broke off') } : {}),
  }
}

/** The schemas of the beta have its names for sessions and buffers only; items and responses look as they do now. */
function faultsOf(event: ServerEvent): string[] {
  const written = betaEvent(event)
  const isKept = written && written.type === event.type && !('item' in event) && !('response' in event)
  return [faults.ga(event), isKept ? faults.beta(written) : undefined].flatMap((fault) => fault ?? [])
}

function idsIn(stage: RealtimeStage): string[] {
  const responses = stage.all('response.created').map(({ response }) => String(Object(response).id))
  return [...stage.session.items.all.map(({ id }) => id), ...responses.slice(-3)]
}

/** @returns what was wrong, and how many events there were. */
async function perform(seed: number): Promise<{ problems: string[]; told: number }> {
  const random = new SeededRandom(seed)
  const fuzz = new RealtimeFuzz(random)
  await using stage = await RealtimeStage.begin({
    voice: { failOn: () => (random.chance(0.03) ? new AppError('engine_failed', 'Hoarse') : undefined) },
  })
  stage.model.answer(() => reply(random))
  for (let at = 0; at < EVENTS_OF_A_SESSION; at += 1) {
    stage.session.receive(fuzz.next(idsIn(stage)))
    if (random.chance(0.5)) await stage.clock.advance(random.below(random.chance(0.05) ? 9_000 : 200))
  }
  stage.send('session.update', { session: { type: 'realtime', audio: { input: { turn_detection: null } } } })
  await stage.clock.advance(60_000)
  const problems = stage.defects.map(String)
  const doneIds = stage.all('response.done').map(({ response }) => Object(response).id)
  for (const { response } of stage.all('response.created')) {
    const { id } = Object(response)
    const times = doneIds.filter((done) => done === id).length
    if (times !== 1) problems.push(`${id} was done ${times} times`)
  }
  const before = stage.heard.length
  stage.type('Still there?')
  if (stage.heard.length === before) problems.push('The session is dead')
  for (const { atMs: _at, ...event } of stage.heard) {
    problems.push(...faultsOf({ event_id: 'event_1', ...event }))
  }
  return { problems: problems.map((problem) => `seed ${seed}: ${problem}`), told: stage.heard.length }
}

describe('whatever a client sends', () => {
  for (let group = 0; group < GROUPS; group += 1) {
    it(
      `is answered as the schemas say, and every response is done (${group + 1})`,
      { timeout: 600_000 },
      async () => {
        const sessions = Math.ceil(EVENTS / EVENTS_OF_A_SESSION / GROUPS)
        const problems: string[] = []
        let told = 0
        for (let index = 0; index < sessions; index += 1) {
          const result = await perform(SEED + group * 100_000 + index)
          problems.push(...result.problems)
          told += result.told
        }
        expect(problems.slice(0, 10)).toEqual([])
        expect(told).toBeGreaterThan(sessions * 20)
      },
    )
  }
})
