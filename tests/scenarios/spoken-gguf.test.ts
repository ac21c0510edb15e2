import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Config } from '../../backend/config.ts'
import { createEngines, type LiveEngines } from '../../backend/engines/registry.ts'
import { systemClock } from '../../backend/lib/clock.ts'
import { createLogger } from '../../backend/logging.ts'
import { localEngines } from '../../backend/runners/local-engines.ts'
import { openRunners } from '../../backend/runners/open-runners.ts'
import { type ProtocolClient } from '../support/protocol-client.ts'
import { joined, recordings, silence, spoken } from '../support/speech.ts'
import { startTestApp, type TestApp } from '../support/test-app.ts'
import { writeTalkingModel } from '../support/talking-model.ts'
import { wordsOf } from '../support/words.ts'

/** A model that was written for this test, loaded into this process or one of its own, and talked to. */

const PAUSE_MS = 1_000
const PATIENCE = { withinMs: 80_000 }
const GREETING = 'Hello there, traveller. Come in and sit by the fire.'
const HELP = 'Nobody lives here but me. What happened, then?'

let folder: string
let model: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'troupe-spoken-'))
  model = join(folder, 'talking.gguf')
  await writeFile(model, writeTalkingModel({ reply: GREETING, replies: [{ ifSaid: 'doctor', reply: HELP }] }))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const noMedia = (): Promise<undefined> => Promise.resolve(undefined)

interface Talking extends AsyncDisposable {
  readonly app: TestApp
  readonly engines: LiveEngines
}

async function openHere(): Promise<Talking> {
  const settings = { llm: 'gguf', llm_model: model, gguf_threads: 1, gguf_gpu_layers: 0 }
  const engines = await createEngines(Config.parse({ ...settings, llm_context_tokens: 4_096 }), systemClock)
  const app = await startTestApp({ engines })
  return { app, engines, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() }
}

/** As a runner, which is started by the first question. */
async function openRunner(): Promise<Talking> {
  const runner = { id: 'talker', kind: 'gguf', model, threads: 1, gpu_layers: 0, context_tokens: 4_096 }
  await writeFile(join(folder, 'runners.json'), JSON.stringify({ runners: [runner] }))
  const config = Config.parse({ llm: 'runner', data_dir: folder })
  const runners = await openRunners({
    config,
    clock: systemClock,
    logger: createLogger('silent'),
    environment: process.env,
  })
  const local = localEngines(runners, { config, clock: systemClock, readMedia: noMedia })
  const engines = await createEngines(config, systemClock, { local })
  const app = await startTestApp({ engines })
  return {
    app,
    engines,
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]()
      await runners[Symbol.asyncDispose]()
    },
  }
}

describe.each([
  ['in this process', openHere],
  ['in a process of its own', openRunner],
])('a spoken conversation with a GGUF model %s', (_where, open) => {
  it('is heard, answered by what was said, and heard again', { timeout: 180_000 }, async () => {
    await using talking = await open()
    await using client = await talking.app.connect()
    client.send('start_listening', { mode: 'hands_free' })
    await client.event('listening_started')
    await client.speak(joined(silence(400), await spoken('Good evening, my dear friend.')), {
      silenceMs: PAUSE_MS,
    })
    const { data: first } = await client.event('turn_ended', PATIENCE)
    expect(first.outcome).toBe('completed')
    expect(replies(client)[0]).toBe(GREETING)
    const from = client.received.length
    await client.speak(await spoken('I am looking for a doctor in this town.'), { silenceMs: PAUSE_MS })
    const { data: heard } = await client.event('stt_final', { from, ...PATIENCE })
    expect(wordsOf(heard.text)).toContain('doctor')
    // On a machine with too much to do, one sentence may be heard as two messages.
    await client.until(() => replies(client).includes(HELP) || undefined, 'the other answer', 80_000)
    await client.event('turn_ended', { from, ...PATIENCE })
    expect(client.frames().length).toBeGreaterThan(50)
    expect(client.events('error')).toEqual([])
    expect(client.faults).toEqual([])
  })
})

describe('a GGUF model in this process', () => {
  for (const { name, samples } of recordings().filter((recording) => recording.name.startsWith('austen'))) {
    it(`answers a human voice: ${name}`, { timeout: 180_000 }, async () => {
      await using talking = await openHere()
      await using client = await talking.app.connect()
      client.send('start_listening', { mode: 'hands_free' })
      await client.event('listening_started')
      await client.speak(joined(silence(400), samples), { silenceMs: 2 * PAUSE_MS })
      client.send('stop_listening')
      await client.event('listening_stopped', PATIENCE)
      const { data } = await client.event('turn_ended', PATIENCE)
      expect(data.outcome).toBe('completed')
      expect(client.frames().length).toBeGreaterThan(0)
      expect(client.events('error')).toEqual([])
    })
  }

  it('says where it runs', async () => {
    await using talking = await openHere()
    const { llm } = talking.engines.statuses()
    expect(llm).toMatchObject({ name: 'gguf', ready: true })
    expect(llm.detail).toContain('talking.gguf, in this process')
  })
})

/** What the character said, message by message. */
function replies(client: ProtocolClient): string[] {
  return client.events('text_stream_stop').map(({ data }) => data.text)
}
