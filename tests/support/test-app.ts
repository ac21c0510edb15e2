import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Doors } from '../../backend/api/doors/doors.ts'
import { type AppDeps, buildApp } from '../../backend/app.ts'
import { Config } from '../../backend/config.ts'
import { type Transcriber, type TranscriptEvent } from '../../backend/engines/contracts.ts'
import { type Engines } from '../../backend/engines/registry.ts'
import { systemClock } from '../../backend/lib/clock.ts'
import { createLogger } from '../../backend/logging.ts'
import { type Files } from '../../backend/media/media-files.ts'
import { MediaLibrary } from '../../backend/media/media-library.ts'
import { type Settings } from '../../backend/settings/settings.ts'
import { starters } from '../../backend/starters/starters.ts'
import { type Store } from '../../backend/store/contract.ts'
import { type Certificate } from '../../backend/tls/certificate.ts'
import { openSqliteStore } from '../../backend/store/sqlite/sqlite-store.ts'
import { FakeLanguageModel } from '../fakes/fake-language-model.ts'
import { FakeSynthesizer } from '../fakes/fake-synthesizer.ts'
import { FakeVad } from '../fakes/fake-vad.ts'
import { ProtocolClient } from './protocol-client.ts'

export interface TestApp extends AsyncDisposable {
  readonly url: string
  readonly wsUrl: string
  readonly store: Store
  readonly media: MediaLibrary
  readonly doors: Doors
  /** A client that has been told where it is. */
  connect(): Promise<ProtocolClient>
}

export interface TestAppOptions {
  readonly config?: Partial<Config>
  readonly token?: string
  readonly engines?: Partial<Engines>
  readonly file?: string
  readonly settings?: Settings
  /** The disk that media are kept on, if it is to fail. */
  readonly disk?: Files
  /** Makes it speak https. */
  readonly certificate?: Certificate
  /** Models that are run here; the test disposes of them. */
  readonly local?: AppDeps['local']
}

/** The whole server on a free port of this machine, with made-up engines unless others are given. */
export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const clock = systemClock
  const config = { ...Config.parse({}), ...options.config }
  const store = await openSqliteStore({ file: options.file ?? ':memory:', clock })
  await store.seed(starters)
  const folder = await mkdtemp(join(tmpdir(), 'troupe-media-'))
  const media = new MediaLibrary(folder, options.disk)
  const engines = { ...fakeEngines(), ...options.engines }
  const { app, doors } = await buildApp({
    config,
    token: options.token,
    version: 'test',
    clock,
    logger: createLogger('silent'),
    store,
    media,
    engines,
    settings: options.settings,
    certificate: options.certificate,
    local: options.local,
  })
  const listening = await app.listen({ host: '127.0.0.1', port: 0 })
  const url = options.certificate ? listening.replace('http:', 'https:') : listening
  const wsUrl = `${url.replace('http', 'ws')}/ws`
  return {
    url,
    wsUrl,
    store,
    media,
    doors,
    async connect() {
      const client = await ProtocolClient.connect(wsUrl)
      await client.event('ready')
      return client
    },
    async [Symbol.asyncDispose]() {
      await app.close()
      await engines[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Engines that answer at once and never fail. */
export function fakeEngines(): Engines {
  const clock = systemClock
  const vad = new FakeVad()
  const transcriber = deafTranscriber()
  const model = new FakeLanguageModel(clock, { deltas: ['One two three. ', 'Four five six seven.'] })
  const synthesizer = new FakeSynthesizer({ clock, ttfbMs: 0 })
  return {
    vad,
    transcriber,
    model,
    synthesizer,
    statuses: () => ({
      vad: vad.status(),
      stt: transcriber.status(),
      llm: model.status(),
      tts: synthesizer.status(),
    }),
    async [Symbol.asyncDispose]() {
      await Promise.all([vad, transcriber, model, synthesizer].map((engine) => engine[Symbol.asyncDispose]()))
    },
  }
}

/** Hears no words in anything. */
function deafTranscriber(): Transcriber {
  return {
    name: 'deaf',
    status: () => ({ name: 'deaf', ready: true }),
    openSession: () => ({
      async *transcribe(audio): AsyncGenerator<TranscriptEvent> {
        for await (const _chunk of audio);
        yield { type: 'final', text: '' }
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}
