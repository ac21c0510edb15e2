import { describe, expect, test } from 'vitest'
import { type Talkable } from '../../../../backend/api/core/contract.ts'
import { Residence } from '../../../../backend/api/core/residence.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'
import { FakeRunners } from '../../../fakes/fake-runners.ts'

const never = new AbortController().signal

function talkable(id: string, kind: Talkable['kind'] = 'model'): Talkable {
  return {
    id,
    aliases: [],
    kind,
    name: id,
    description: '',
    createdAt: new Date(0),
    contextTokens: 4_096,
    canUseTools: true,
    canThink: false,
    state: 'loaded',
  }
}

const remote = talkable('remote')
const local = talkable('local')
const nova = talkable('character:1', 'character')

function stage(): { residence: Residence; runners: FakeRunners; clock: FakeClock } {
  const clock = new FakeClock()
  const runners = new FakeRunners('local')
  return { residence: new Residence({ runners, clock, standardModel: () => 'local' }), runners, clock }
}

describe('A model on a server elsewhere', () => {
  test('is in use for as long as it was asked to be kept', async () => {
    const { residence, clock } = stage()
    expect(residence.expiryOf(remote)).toBeUndefined()
    residence.use(remote, 60_000)
    await clock.advance(59_000)
    expect(residence.expiryOf(remote)).toBeInstanceOf(Date)
    await clock.advance(2_000)
    expect(residence.expiryOf(remote)).toBeUndefined()
    residence.use(remote, Infinity)
    expect(residence.expiryOf(remote)).toBe('never')
    residence.use(remote, 0)
    expect(residence.expiryOf(remote)).toBeUndefined()
  })

  test('counts as unloaded from when it was unloaded until it is used again', async () => {
    const { residence } = stage()
    expect(residence.isLoaded(remote)).toBe(true)
    await residence.unload(remote)
    expect(residence.isLoaded(remote)).toBe(false)
    expect(await residence.load(remote, never)).toBe(0)
    residence.use(remote)
    expect(residence.isLoaded(remote)).toBe(true)
  })
})

describe('A model on this machine', () => {
  test('is started, kept and stopped', async () => {
    const { residence, runners } = stage()
    expect(residence.isLoaded(local)).toBe(false)
    const steps: number[] = []
    await residence.load(local, never, (progress) => steps.push(progress))
    expect(steps).toEqual([0.5])
    expect(residence.isLoaded(local)).toBe(true)
    expect(residence.expiryOf(local)).toBe('never')
    residence.use(local, 30_000)
    expect(runners.keptMs).toBe(30_000)
    residence.use(local)
    expect(runners.keptMs).toBe(30_000)
    await residence.unload(local)
    expect(residence.isLoaded(local)).toBe(false)
    expect(residence.expiryOf(local)).toBeUndefined()
  })

  test('stays when a character that speaks through it goes', async () => {
    const { residence, runners } = stage()
    await residence.load(nova, never)
    expect(runners.state).toBe('ready')
    residence.use(nova, 1_000)
    expect(runners.keptMs).toBeUndefined()
    expect(residence.expiryOf(nova)).toBeInstanceOf(Date)
    await residence.unload(nova)
    expect(runners.state).toBe('ready')
  })
})
