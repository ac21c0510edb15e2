import { describe, expect, test } from 'vitest'
import { type ModelFileInfo, type RunnerInfo } from '#shared/entities.ts'
import { canSee } from '../../../../backend/api/core/can-see.ts'
import { systemClock } from '../../../../backend/lib/clock.ts'
import { RunnersFile } from '../../../../backend/runners/config/model-config.ts'
import { type RunnerChange, type RunnerService } from '../../../../backend/runners/contract.ts'
import { RunnerModel } from '../../../../backend/runners/models/runner-model.ts'
import { FakeLanguageModel } from '../../../fakes/fake-language-model.ts'
import { answered, asking, doorHouse } from '../../../support/door-house.ts'

const signal = new AbortController().signal

const RUNNER: RunnerInfo = {
  id: 'tiny',
  kind: 'llama',
  offers: ['chat'],
  aliases: ['small'],
  state: 'stopped',
  is_pinned: false,
  active: 0,
  queued: 0,
  max_parallel: 1,
  restarts: 0,
  model_file: '/models/tiny.gguf',
}
const FILE: ModelFileInfo = {
  path: '/models/tiny.gguf',
  size_bytes: 1_000,
  modified_at: '2030-01-01T00:00:00.000Z',
  name: 'Tiny',
  architecture: 'llama',
  quantization: 'Q4_K_M',
  context_length: 4_096,
}

const SEEING_AND_BLIND = [
  { kind: 'llama', id: 'eyes', model: 'a.gguf', mmproj: 'mmproj.gguf' },
  { kind: 'llama', id: 'flag', model: 'a.gguf', args: ['--mmproj', 'mmproj.gguf'] },
  { kind: 'llama', id: 'llava', model: 'llava.gguf' },
  { kind: 'gguf', id: 'pixtral', model: 'pixtral.gguf' },
  { kind: 'command', id: 'qwen2-vl', command: ['serve'] },
  { kind: 'command', id: 'qwen2', command: ['serve'] },
]

function unused(): never {
  throw new Error('Not asked for here')
}

const stub = {
  find: unused,
  lease: unused,
  start: unused,
  stop: unused,
  pin: unused,
  keepAlive: unused,
  logs: unused,
  deleteFile: unused,
  downloads: { list: () => [], start: unused, cancel: unused },
  [Symbol.asyncDispose]: () => Promise.resolve(),
}

/** Runners that stand still; what changes is told by `tell`. */
function standingRunners(...runners: readonly RunnerInfo[]) {
  const listeners = new Set<(change: RunnerChange) => void>()
  const service: RunnerService = {
    ...stub,
    find: (name) => runners.find(({ id }) => id === name),
    overview: () => ({ runners: [...runners], memory_used_bytes: 0, disk_used_bytes: 0 }),
    files: () => Promise.resolve([FILE]),
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  const tell = (runner: RunnerInfo): void => {
    for (const listener of listeners) listener({ type: 'runner', runner })
  }
  return { service, tell, listeners }
}

describe('models on this machine', () => {
  test('are listed first, with what is known of their file', async () => {
    const { service } = standingRunners(RUNNER, {
      ...RUNNER,
      id: 'ears',
      offers: ['transcription'],
      aliases: [],
    })
    const local = { service, model: new FakeLanguageModel(systemClock) }
    await using house = await doorHouse({ local })
    const all = await house.doors.directory.list(signal)
    expect(all.map(({ id }) => id)).toEqual(['tiny', 'fake-model'])
    expect(all[0]).toMatchObject({
      name: 'Tiny',
      state: 'not_loaded',
      file: {
        path: FILE.path,
        architecture: 'llama',
        quantization: 'Q4_K_M',
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    })
    expect((await house.doors.directory.find('SMALL:latest', signal))?.id).toBe('tiny')
  })

  test('see if they were given a projector, however they are called', async () => {
    const configs = RunnersFile.parse({ runners: SEEING_AND_BLIND }).runners
    const infos = configs.map(({ id, kind }) => ({ ...RUNNER, id, kind, aliases: [], model_file: undefined }))
    const { service } = standingRunners(...infos)
    await using model = new RunnerModel({
      service: { ...service, find: (name) => infos.find(({ id }) => id === name) },
      clock: systemClock,
      config: (id) => configs.find((config) => config.id === id),
      firstTokenTimeoutMs: 1_000,
      tokenTimeoutMs: 1_000,
    })
    await using house = await doorHouse({ local: { service, model } })
    const all = await house.doors.directory.list(signal)
    expect(all.filter((talkable) => canSee(talkable)).map(({ id }) => id)).toEqual([
      'eyes',
      'flag',
      'qwen2-vl',
    ])
  })

  test('answer through their runner, and tell how far they are with being loaded', async () => {
    const model = new FakeLanguageModel(systemClock, { deltas: ['Hi.'], firstTokenMs: 20 })
    const runners = standingRunners(RUNNER)
    await using house = await doorHouse({ local: { service: runners.service, model } })
    const events = house.doors.generate(asking('tiny', 'Hello'), signal)
    const iterator = events[Symbol.asyncIterator]()
    expect((await iterator.next()).value).toEqual({ type: 'load' })
    runners.tell({ ...RUNNER, state: 'starting', progress: 0.5 })
    runners.tell({ ...RUNNER, id: 'another', state: 'starting', progress: 0.9 })
    expect((await iterator.next()).value).toEqual({ type: 'load', progress: 0.5 })
    const { text } = await answered({ [Symbol.asyncIterator]: () => iterator })
    expect(text).toBe('Hi.')
    expect(model.requests[0]?.settings.model).toBe('tiny')
    expect(runners.listeners.size).toBe(0)
  })

  test('are let go when the program leaves while they are loaded', async () => {
    const model = new FakeLanguageModel(systemClock, { deltas: ['Hi.'], firstTokenMs: Infinity })
    const runners = standingRunners(RUNNER)
    await using house = await doorHouse({ local: { service: runners.service, model } })
    const leaving = new AbortController()
    const asked = answered(house.doors.generate(asking('tiny', 'Hello'), leaving.signal))
    await expect.poll(() => model.openCalls).toBe(1)
    leaving.abort(new Error('gone'))
    await expect(asked).rejects.toThrow('gone')
    expect(model.openCalls).toBe(0)
    expect(runners.listeners.size).toBe(0)
  })
})
