import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type RunnerOverview, type RunnersEvent } from '#shared/entities.ts'
import { runnersEvents } from '../../../../backend/api/runners/runners-events.ts'
import { ConfigRepository } from '../../../../backend/runners/config/config-repository.ts'
import { FakeClock, settled } from '../../../fakes/fake-clock.ts'
import { FakeLanguageModel } from '../../../fakes/fake-language-model.ts'
import { FakeRunners } from '../../../fakes/fake-runners.ts'
import { temporaryFolder } from '../../store/support.ts'

/** One whose memory grows without anybody telling. */
class GrowingRunners extends FakeRunners {
  memoryBytes = 1_000_000_000
  looks = 0

  override overview(): RunnerOverview {
    this.looks += 1
    return { ...super.overview(), memory_used_bytes: this.memoryBytes }
  }
}

const MIB = 1024 * 1024
let clock: FakeClock
let runners: GrowingRunners
let repository: ConfigRepository
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let leaving: AbortController
beforeEach(async () => {
  clock = new FakeClock()
  runners = new GrowingRunners('nova')
  folder = await temporaryFolder()
  repository = await ConfigRepository.open({
    path: join(folder.path, 'runners.json'),
    clock,
    onProblem: () => {},
  })
  leaving = new AbortController()
})
afterEach(async () => {
  await repository[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

/** What somebody is told who begins to listen now. */
function listen(): { told: RunnersEvent[]; ended: Promise<void> } {
  const told: RunnersEvent[] = []
  const gpus = { current: () => [] }
  const local = { service: runners, model: new FakeLanguageModel(clock), repository, gpus }
  const read = async (): Promise<void> => {
    for await (const event of runnersEvents({ local, clock }, leaving.signal)) told.push(event)
  }
  return { told, ended: read() }
}

describe('whoever listens to runners', () => {
  it('is told what nobody tells of every two seconds, if anything of it has changed', async () => {
    const { told } = listen()
    await clock.advance(10_000)
    expect(told.map(({ type }) => type)).toEqual(['overview'])
    runners.memoryBytes += 5 * MIB
    await clock.advance(2_100)
    expect(told.map(({ type }) => type)).toEqual(['overview', 'overview'])
    expect(told[1]).toMatchObject({ data: { overview: { memory_used_bytes: runners.memoryBytes } } })
    // So little that nobody would see it; but it adds up.
    for (let step = 0; step < 4; step += 1) {
      runners.memoryBytes += MIB / 3
      await clock.advance(2_000)
    }
    expect(told).toHaveLength(3)
    leaving.abort()
  })

  it('is told of many steps at once only the last, but of everything how it stands', async () => {
    const { told } = listen()
    await settled()
    runners.downloads.start('http://host/x.gguf')
    for (let doneBytes = 1; doneBytes <= 1_000; doneBytes += 1) {
      runners.download({ done_bytes: doneBytes })
      if (doneBytes === 500) await runners.start()
    }
    await clock.advance(100)
    expect(told.length).toBeLessThan(5)
    expect(told.at(-1)).toMatchObject({ type: 'download', data: { done_bytes: 1_000 } })
    expect(told.map(({ type }) => type)).toContain('runner')
    leaving.abort()
  })

  it('costs nothing any more when it has left', async () => {
    const { ended } = listen()
    await clock.advance(5_000)
    const { looks } = runners
    leaving.abort()
    await ended
    await repository[Symbol.asyncDispose]()
    await clock.advance(10_000)
    expect(runners.looks).toBe(looks)
    expect(clock.pendingTimers).toBe(0)
  })
})
