import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ReplyEvent } from '../../../backend/engines/contracts.ts'
import { systemClock } from '../../../backend/lib/clock.ts'
import { type RunnerLease } from '../../../backend/runners/contract.ts'
import { RunnerModel } from '../../../backend/runners/models/runner-model.ts'
import { type ManagedRunners } from '../../../backend/runners/runner-service.ts'
import { HANG_MS } from '../../support/hang.ts'
import { FAKE_RUNTIME, isAlive, type RealRunners, realRunners } from '../../support/real-runners.ts'
import { writeTalkingModel } from '../../support/talking-model.ts'

/**
 * What is expected of a llama-server, of the one that plays it in the other tests, and of a real one, where
 * `TROUPE_TEST_LLAMA_SERVER` says where that is.
 */

const REPLY = 'Hello there, traveller. The storm is near.'
const REAL = process.env['TROUPE_TEST_LLAMA_SERVER']
const SERVERS = [
  { name: 'the one that plays it', runtime: FAKE_RUNTIME },
  ...(REAL ? [{ name: 'a real one', runtime: { command: REAL } }] : []),
]

let folder: string
let model: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'troupe-llama-'))
  model = join(folder, 'model.gguf')
  const replies = [{ ifSaid: 'story', reply: 'Listen: waves roll on and on', isEndless: true }]
  await writeFile(model, writeTalkingModel({ reply: REPLY, replies, letters: true }))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function signal(): AbortSignal {
  return AbortSignal.timeout(HANG_MS)
}

interface Stage extends AsyncDisposable {
  readonly runners: ManagedRunners
  readonly real: RealRunners
  readonly model: RunnerModel
}

async function stage(runtime: object, settings: object = {}): Promise<Stage> {
  const common = { model, threads: 1, gpu_layers: 0, context_tokens: 2_048 }
  const runners = {
    nova: { ...common, ...settings },
    vectors: { ...common, embeddings: true, pooling: 'mean', context_tokens: 512 },
  }
  const real = await realRunners(runners, { file: { runtimes: { llama: runtime } } })
  const asked = new RunnerModel({
    service: real.runners,
    clock: systemClock,
    config: () => undefined,
    firstTokenTimeoutMs: HANG_MS,
    tokenTimeoutMs: HANG_MS,
  })
  return {
    runners: real.runners,
    real,
    model: asked,
    async [Symbol.asyncDispose]() {
      await asked[Symbol.asyncDispose]()
      await real[Symbol.asyncDispose]()
    },
  }
}

function reply(model_: RunnerModel, content: string): AsyncIterable<ReplyEvent> {
  const scene = {
    speaker: { id: 'x', name: 'X', personality: '', firstMessage: '' },
    cast: [],
    history: [],
  }
  const messages = [{ role: 'user' as const, content }]
  return model_.streamReply({ messages, scene, settings: { model: 'nova', temperature: 0 } }, signal())
}

async function textOf(events: AsyncIterable<ReplyEvent>): Promise<string> {
  let text = ''
  for await (const event of events) if (event.type === 'text') text += event.text
  return text
}

/** Straight to the server. */
async function asked(lease: RunnerLease, path: string, key = lease.apiKey): Promise<Response> {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` }
  return lease.fetch(lease.baseUrl.replace(/\/v1$/u, path), { headers, signal: signal() })
}

describe.each(SERVERS)('a llama-server, $name', ({ runtime }) => {
  it.each(['port', 'socket'])('is started, answers word by word, and ends (on a %s)', async (listen) => {
    const on = await stage(runtime, { listen })
    const pieces: string[] = []
    for await (const event of reply(on.model, 'Good evening'))
      if (event.type === 'text') pieces.push(event.text)
    expect(pieces.join('')).toBe(REPLY)
    expect(pieces.length).toBeGreaterThan(2)
    const pid = on.runners.find('nova')?.pid
    expect(isAlive(pid)).toBe(true)
    await on[Symbol.asyncDispose]()
    expect(isAlive(pid)).toBe(false)
  })

  it('shows what it is working on, to those who have its key', async () => {
    await using on = await stage(runtime)
    using lease = await on.runners.lease('nova', signal())
    const slots = await asked(lease, '/slots')
    expect(await slots.json()).toMatchObject([{ is_processing: false }])
    expect((await asked(lease, '/slots', 'guessed')).status).toBe(401)
    expect((await asked(lease, '/health', 'guessed')).status).toBe(200)
    const props = await asked(lease, '/props')
    expect(await props.json()).toMatchObject({ default_generation_settings: { n_ctx: 2_048 } })
  })

  it('lets go of a reply that is broken off, and is free for the next one in the same process', async () => {
    const words = Array.from({ length: 500 }, () => 'on ').join('')
    await using on = await stage(runtime, { env: { FAKE_TOKEN_MS: '20', FAKE_WORDS: words } })
    const pids = new Set<number | undefined>()
    for (let round = 0; round < 3; round += 1) {
      for await (const event of reply(on.model, 'Tell me a story.')) if (event.type === 'text') break
      pids.add(on.runners.find('nova')?.pid)
    }
    await expect.poll(() => on.runners.find('nova')?.active).toBe(0)
    using lease = await on.runners.lease('nova', signal())
    const slots = await asked(lease, '/slots')
    expect(await slots.json()).toMatchObject([{ is_processing: false }])
    expect(pids.size).toBe(1)
    expect(on.runners.find('nova')).toMatchObject({ restarts: 0, state: 'ready' })
  })

  it('answers several at once, if it may', async () => {
    await using on = await stage(runtime, { parallel: 3 })
    const replies = ['One', 'Two', 'Three'].map((content) => textOf(reply(on.model, content)))
    expect(await Promise.all(replies)).toEqual([REPLY, REPLY, REPLY])
  })

  it('makes vectors of texts', async () => {
    await using on = await stage(runtime)
    const inputs = ['a lantern', 'some silver keys', 'a lantern']
    const { vectors } = await on.model.embed({ inputs, model: 'vectors' }, signal())
    expect(vectors).toHaveLength(3)
    const distance = (one = 0, other = 0): number =>
      Math.max(
        ...(vectors[one] ?? []).map((value, index) => Math.abs(value - (vectors[other]?.[index] ?? 9))),
      )
    expect(distance(0, 2)).toBeLessThan(1e-5)
    expect(distance(0, 1)).toBeGreaterThan(1e-3)
  })

  it('says with its own words why it does not start', async () => {
    await using on = await stage(runtime, {
      env: { FAKE_DIE_LOADING: 'error: invalid argument: --no-such-flag' },
      args: ['--no-such-flag'],
    })
    await expect(on.runners.start('nova', signal())).rejects.toThrow(/invalid argument: --no-such-flag/u)
    expect(on.real.places.inUse).toBe(0)
  })
})
