import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Config } from '../../backend/config.ts'
import { type House, openHouse } from '../../backend/house.ts'
import { createLogger } from '../../backend/logging.ts'
import { HANG_MS } from '../support/hang.ts'
import { ProtocolClient } from '../support/protocol-client.ts'
import { joined, recordings, spoken } from '../support/speech.ts'
import { writeTalkingModel } from '../support/talking-model.ts'
import { wordsOf } from '../support/words.ts'

/**
 * A model that was written for this test, loaded into this process or one of its own, and talked to: everything
 * between the microphone and the loudspeaker is real. Speech comes faster than anybody speaks; where it ends is
 * counted in samples, so that changes nothing.
 */

const SPEED = 8
/** Long enough for the end of a turn to be noticed. */
const PAUSE_MS = 1_000
const VOICE = 'rms'
const GREETING = 'Hello there, traveller. Come in and sit by the fire.'
const REFRAIN = ' an old lantern burns above our harbour, while nobody knows who lit its flame.'
const HELP = 'Nobody lives here but me. What happened, then?'

let folder: string
let model: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'troupe-spoken-'))
  model = join(folder, 'talking.gguf')
  const replies = [
    { ifSaid: 'story', reply: `Listen:${REFRAIN}`, isEndless: true },
    { ifSaid: 'doctor', reply: HELP },
  ]
  const content = { reply: GREETING, replies, letters: true, contextTokens: CONTEXT_TOKENS }
  await writeFile(model, writeTalkingModel(content))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const CONTEXT_TOKENS = 8_192

/** What runs the model, and how it is told that it may only use one thread: the rest is for speech. */
const here = (): object => ({
  llm: 'gguf',
  llm_model: model,
  llm_context_tokens: CONTEXT_TOKENS,
  gguf_parallel: 1,
  gguf_threads: 1,
  gguf_gpu_layers: 0,
})
const asRunner = (): object => ({ llm: 'runner' })

class Evening implements AsyncDisposable {
  readonly house: House
  readonly client: ProtocolClient

  private constructor(house: House, client: ProtocolClient) {
    this.house = house
    this.client = client
  }

  /** A whole Troupe on data of its own, in which one character listens. */
  static async open(settings: object): Promise<Evening> {
    const data = await mkdtemp(join(folder, 'data-'))
    const runner = {
      id: 'talker',
      kind: 'gguf',
      model,
      threads: 1,
      gpu_layers: 0,
      context_tokens: CONTEXT_TOKENS,
    }
    await writeFile(join(data, 'runners.json'), JSON.stringify({ runners: [runner] }))
    const house = await openHouse({
      config: Config.parse({ data_dir: data, ...settings }),
      token: () => undefined,
      logger: createLogger('silent'),
      environment: process.env,
      onNotice: () => {},
    })
    const url = await house.app.listen({ host: '127.0.0.1', port: 0 })
    const client = await ProtocolClient.connect(`${url.replace('http', 'ws')}/ws`)
    await openConversation(client)
    return new Evening(house, client)
  }

  /** How many replies the model is writing. */
  async busy(): Promise<number> {
    const { service } = this.house.local
    return service.find('talker')?.active ?? Number.NaN
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client[Symbol.asyncDispose]()
    await this.house[Symbol.asyncDispose]()
  }
}

async function openConversation(client: ProtocolClient): Promise<void> {
  await client.event('ready')
  client.send('create_voice', { voice_name: 'Voice', method: 'flite', settings: { engine_voice: VOICE } })
  const { data: voice } = await client.event('voice_created')
  client.send('create_character', { name: 'Martha', voice_id: voice.voice_id })
  const { data: martha } = await client.event('character_created')
  client.send('create_conversation', { active_characters: [martha.id] })
  const { data: conversation } = await client.event('conversation_created')
  client.send('open_conversation', { conversation_id: conversation.conversation_id })
  await client.event('conversation_opened')
  client.send('start_listening', { mode: 'hands_free' })
  await client.event('listening_started')
}

/** @returns what was understood. */
async function say(client: ProtocolClient, text: string): Promise<string> {
  const from = client.received.length
  await client.speak(await spoken(text), { silenceMs: PAUSE_MS, speed: SPEED })
  const { data } = await client.event('stt_final', { from })
  return data.text
}

interface Reply {
  readonly outcome: string
  readonly text: string
  /** As they were spoken. */
  readonly sentences: readonly string[]
  readonly pcm: Int16Array
}

/** The reply of a turn, when that has ended: its text, and what was heard of it. */
async function replyOf(client: ProtocolClient, epoch: number): Promise<Reply> {
  const { data } = await client.event('turn_ended', { where: (event) => event.data.epoch === epoch })
  const chunks = client.events('text_chunk').filter((event) => event.data.epoch === epoch)
  const sounds = client.events('audio_chunk').filter((event) => event.data.epoch === epoch)
  return {
    outcome: data.outcome,
    text: chunks.map((event) => event.data.text).join(''),
    sentences: sounds.map((event) => event.data.text ?? ''),
    pcm: joined(...client.frames().flatMap((frame) => (frame.epoch === epoch ? [frame.pcm] : []))),
  }
}

/** What was said is this, and what was heard is the sound of it, as the voice alone makes it. */
async function expectSpoken({ outcome, text, sentences, pcm }: Reply, wanted: string): Promise<void> {
  expect({ outcome, text, spoken: sentences.join(' ') }).toEqual({
    outcome: 'completed',
    text: wanted,
    spoken: wanted,
  })
  const sounds = await Promise.all(sentences.map((sentence) => spoken(sentence, VOICE)))
  expect(pcm).toEqual(joined(...sounds))
}

describe.each([
  ['in this process', here],
  ['in a process of its own, which the first question starts', asRunner],
])('a spoken conversation with a GGUF model %s', (_where, settings) => {
  it('says and speaks exactly what the model writes, is cut short by speech, and goes on', async () => {
    await using evening = await Evening.open(settings())
    const { client } = evening
    expect(wordsOf(await say(client, 'Good evening.'))).toContain('evening')
    await expectSpoken(await replyOf(client, 1), GREETING)

    // It would go on for ever.
    expect(wordsOf(await say(client, 'Please tell me a story.'))).toContain('story')
    await client.frame((frame) => frame.epoch === 2)
    expect(wordsOf(await say(client, 'I am looking for a doctor in this town.'))).toContain('doctor')
    const tale = await replyOf(client, 2)
    expect(tale.outcome).toBe('interrupted')
    const whole = `Listen:${REFRAIN.repeat(1 + tale.text.length / REFRAIN.length)}`
    expect(tale.text).toBe(whole.slice(0, tale.text.length))
    expect(client.events('interrupt_ack').map(({ data }) => data.epoch)).toEqual([2])

    await expectSpoken(await replyOf(client, 3), HELP)
    expect(client.events('error')).toEqual([])
    expect(client.faults).toEqual([])
  })
})

describe('a runner that is cut short', () => {
  it('was started by the question, lets go at once, and answers the next one in the same process', async () => {
    await using evening = await Evening.open(asRunner())
    const { client, house } = evening
    const { service } = house.local
    expect(service.find('talker')).toMatchObject({ state: 'stopped', active: 0 })
    client.send('user_message', { text: 'Tell me a story.' })
    const { data: first } = await client.event('text_chunk')
    expect(`Listen:${REFRAIN}`.startsWith(first.text)).toBe(true)
    const running = service.find('talker')
    expect(running).toMatchObject({ state: 'ready', active: 1 })
    client.send('interrupt')
    expect((await replyOf(client, 1)).outcome).toBe('interrupted')
    await expect.poll(() => evening.busy()).toBe(0)
    // Not only is it counted as free: the model itself writes nothing any more.
    using lease = await service.lease('talker', AbortSignal.timeout(HANG_MS))
    const slots = await lease.fetch(lease.baseUrl.replace('/v1', '/slots'), {
      headers: { authorization: `Bearer ${lease.apiKey}` },
    })
    expect(await slots.json()).toMatchObject([{ is_processing: false }])
    lease[Symbol.dispose]()
    client.send('user_message', { text: 'Is there a doctor here?' })
    expect(await replyOf(client, 2)).toMatchObject({ outcome: 'completed', text: HELP })
    expect(service.find('talker')).toMatchObject({ pid: running?.pid, restarts: 0 })
  })
})

describe('a GGUF model in this process', () => {
  for (const { name, samples } of recordings().filter((recording) => recording.name.startsWith('austen'))) {
    it(`answers a human voice: ${name}`, async () => {
      await using evening = await Evening.open(here())
      const { client } = evening
      await client.speak(samples, { silenceMs: PAUSE_MS })
      expect(await replyOf(client, 1)).toMatchObject({ outcome: 'completed', text: GREETING })
      expect(client.events('error')).toEqual([])
    })
  }

  it('says where it runs', async () => {
    await using evening = await Evening.open(here())
    const { llm } = evening.house.engines.statuses()
    expect(llm).toMatchObject({ name: 'gguf', ready: true })
    expect(llm.detail).toContain('talking.gguf, in this process')
  })
})
