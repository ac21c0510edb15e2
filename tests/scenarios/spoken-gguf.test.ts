import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Config } from '../../backend/config.ts'
import { createEngines, type LiveEngines } from '../../backend/engines/registry.ts'
import { systemClock } from '../../backend/lib/clock.ts'
import { type ProtocolClient } from '../support/protocol-client.ts'
import { joined, recordings, silence, spoken } from '../support/speech.ts'
import { startTestApp, type TestApp } from '../support/test-app.ts'
import { writeTalkingModel } from '../support/talking-model.ts'
import { wordsOf } from '../support/words.ts'

/** A model that was written for this test, loaded into this process, and talked to. */

const PAUSE_MS = 1_000
const PATIENCE = { withinMs: 60_000 }
const GREETING = 'Hello there, traveller. Come in and sit by the fire.'
const HELP = 'Nobody lives here but me. What happened, then?'

let folder: string
let engines: LiveEngines
let app: TestApp
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'troupe-spoken-'))
  const model = join(folder, 'talking.gguf')
  await writeFile(model, writeTalkingModel({ reply: GREETING, replies: [{ ifSaid: 'doctor', reply: HELP }] }))
  const config = {
    llm: 'gguf',
    llm_model: model,
    gguf_threads: 1,
    gguf_gpu_layers: 0,
    llm_context_tokens: 4_096,
  }
  engines = await createEngines(Config.parse(config), systemClock)
  app = await startTestApp({ engines })
})
afterAll(async () => {
  await app[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

describe('a spoken conversation with a GGUF model in this process', () => {
  it('is heard, answered by what was said, and heard again', { timeout: 120_000 }, async () => {
    await using client = await app.connect()
    client.send('start_listening', { mode: 'hands_free' })
    await client.event('listening_started')
    await client.speak(joined(silence(400), await spoken('Good evening, my dear friend.')), {
      silenceMs: PAUSE_MS,
    })
    const { data: first } = await client.event('turn_ended', PATIENCE)
    expect(first.outcome).toBe('completed')
    expect(replies(client)).toEqual([GREETING])
    const from = client.received.length
    await client.speak(await spoken('I am looking for a doctor in this town.'), { silenceMs: PAUSE_MS })
    const { data: heard } = await client.event('stt_final', { from, ...PATIENCE })
    expect(wordsOf(heard.text)).toContain('doctor')
    const { data: second } = await client.event('turn_ended', { from, ...PATIENCE })
    expect(second.outcome).toBe('completed')
    expect(replies(client)).toEqual([GREETING, HELP])
    expect(client.frames().length).toBeGreaterThan(50)
    expect(client.events('error')).toEqual([])
    expect(client.faults).toEqual([])
  })

  for (const { name, samples } of recordings().filter((recording) => recording.name.startsWith('austen'))) {
    it(`answers a human voice: ${name}`, { timeout: 120_000 }, async () => {
      await using client = await app.connect()
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
})

it('says where the model runs', () => {
  expect(engines.statuses().llm).toMatchObject({ name: 'gguf', ready: true })
  expect(engines.statuses().llm.detail).toContain('talking.gguf, in this process')
})

/** What the character said, message by message. */
function replies(client: ProtocolClient): string[] {
  return client.events('text_stream_stop').map(({ data }) => data.text)
}
