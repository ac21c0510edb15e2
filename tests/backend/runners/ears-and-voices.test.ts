import { expect, test } from 'vitest'
import { type Transcriber } from '../../../backend/engines/contracts.ts'
import { systemClock } from '../../../backend/lib/clock.ts'
import { ModelSwitchboard } from '../../../backend/runners/models/model-switchboard.ts'
import { RunnerModel } from '../../../backend/runners/models/runner-model.ts'
import { RunnerSynthesizer } from '../../../backend/runners/models/runner-synthesizer.ts'
import { RunnerTranscriber } from '../../../backend/runners/models/runner-transcriber.ts'
import { whileWaiting } from '../../../backend/runners/models/while-waiting.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { FakeLanguageModel } from '../../fakes/fake-language-model.ts'
import { HANG_MS } from '../../support/hang.ts'
import { FAKE_RUNTIME, realRunners } from '../../support/real-runners.ts'

const signal = (): AbortSignal => AbortSignal.timeout(HANG_MS)
const COMMAND = [FAKE_RUNTIME.command, ...FAKE_RUNTIME.args, '--port', '${PORT}']

const RUNNERS = {
  chatty: {},
  vectors: { embeddings: true },
  ears: { kind: 'whisper', command: COMMAND, model: 'medium' },
  voice: { kind: 'command', command: COMMAND, model: undefined, offers: ['speech'] },
}

async function wordsOf(transcriber: Transcriber, seconds: number): Promise<string> {
  async function* audio(): AsyncGenerator<Int16Array> {
    for (let second = 0; second < seconds; second += 1) {
      yield Int16Array.from({ length: 16_000 }, (_, index) => Math.round(8_000 * Math.sin(index / 10)))
    }
  }
  await using session = transcriber.openSession()
  for await (const { type, text } of session.transcribe(audio(), signal())) if (type === 'final') return text
  return 'nothing at all'
}

test('a runner that hears is started when somebody speaks', async () => {
  await using real = await realRunners(RUNNERS)
  await using transcriber = new RunnerTranscriber({
    service: real.runners,
    runner: undefined,
    clock: systemClock,
    timeoutMs: 20_000,
  })
  expect(transcriber.status()).toMatchObject({ ready: true, detail: 'ears: stopped' })
  expect(await wordsOf(transcriber, 2)).toBe('I heard something')
  expect(real.runners.find('ears')).toMatchObject({ state: 'ready', active: 0 })
})

test('a runner that speaks does so, and tells its voices once it runs', async () => {
  await using real = await realRunners(RUNNERS)
  await using synthesizer = new RunnerSynthesizer({ service: real.runners, runner: 'voice' })
  expect(await synthesizer.listVoices(signal())).toEqual([])
  let samples = 0
  for await (const { pcm } of synthesizer.synthesize({ text: 'Hello', voice: {} }, signal()))
    samples += pcm.length
  expect(samples).toBe(12_000)
  expect((await synthesizer.listVoices(signal())).map(({ id }) => id)).toEqual(['anna', 'bert'])
  expect(real.runners.find('voice')).toMatchObject({ active: 0 })
})

test('a runner for something else says what it is for', async () => {
  await using real = await realRunners(RUNNERS)
  await using transcriber = new RunnerTranscriber({
    service: real.runners,
    runner: 'chatty',
    clock: systemClock,
    timeoutMs: 20_000,
  })
  await expect(wordsOf(transcriber, 1)).rejects.toThrow('The runner "chatty" does chat, not transcription')
})

test('embeddings come from the runner that makes them', async () => {
  await using real = await realRunners(RUNNERS)
  await using model = modelOf(real.runners)
  const { vectors } = await model.embed({ model: 'vectors', inputs: ['one', 'three'] }, signal())
  expect(vectors).toEqual([
    [3, 1],
    [5, 1],
  ])
})

test('the switchboard lists both kinds of models, and ours alone if the server is away', async () => {
  await using real = await realRunners(RUNNERS)
  await using model = modelOf(real.runners)
  const configured = new FakeLanguageModel(systemClock, { deltas: ['Hm.'] })
  const both = new ModelSwitchboard({ configured, runners: model, clock: systemClock })
  const ids = async (): Promise<string[]> => (await both.listModels(signal())).map(({ id }) => id)
  expect(await ids()).toEqual([configured.profile().id, 'chatty'])
  configured.listModels = () => Promise.reject(new Error('The server is away'))
  expect(await ids()).toEqual(['chatty'])
  expect(both.profile('chatty')).toMatchObject({ id: 'chatty', isLanguageModel: true })
})

test('who waits for a model that loads for minutes sees signs of life', async () => {
  const clock = new FakeClock()
  async function* slow() {
    await new Promise<void>((resolve) => clock.after(35_000, resolve))
    yield { type: 'text' as const, text: 'Hello' }
    yield { type: 'finish' as const, reason: 'stop' as const }
  }
  const seen: string[] = []
  const all = (async () => {
    for await (const event of whileWaiting(slow(), clock)) seen.push(event.type)
  })()
  await clock.advance(34_000)
  expect(seen).toEqual(['reasoning', 'reasoning', 'reasoning'])
  await clock.advance(2_000)
  await all
  expect(seen.slice(3)).toEqual(['text', 'finish'])
  expect(clock.pendingTimers).toBe(0)
})

function modelOf(service: RunnerModelService): RunnerModel {
  return new RunnerModel({
    service,
    clock: systemClock,
    config: () => undefined,
    firstTokenTimeoutMs: 20_000,
    tokenTimeoutMs: 20_000,
  })
}

type RunnerModelService = ConstructorParameters<typeof RunnerModel>[0]['service']
