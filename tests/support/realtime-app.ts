import { fastify } from 'fastify'
import { createDoorDeps } from '../../backend/api/core/door-deps.ts'
import { registerRealtime } from '../../backend/api/realtime/register-realtime.ts'
import { Config } from '../../backend/config.ts'
import { type Engines } from '../../backend/engines/registry.ts'
import { systemClock } from '../../backend/lib/clock.ts'
import { createLogger } from '../../backend/logging.ts'
import { acceptSockets } from '../../backend/socket/accept-sockets.ts'
import { starters } from '../../backend/starters/starters.ts'
import { openSqliteStore } from '../../backend/store/sqlite/sqlite-store.ts'
import { type Store } from '../../backend/store/contract.ts'
import { FakeLanguageModel } from '../fakes/fake-language-model.ts'
import { FakeSynthesizer } from '../fakes/fake-synthesizer.ts'
import { FakeTranscriber } from '../fakes/fake-transcriber.ts'
import { FakeVad } from '../fakes/fake-vad.ts'

export interface RealtimeApp extends AsyncDisposable {
  readonly httpUrl: string
  /** `ws://…/v1/realtime` or `wss://…/v1/realtime` */
  readonly socketUrl: string
  readonly store: Store
  readonly engines: Engines
}

export interface RealtimeAppOptions {
  readonly engines?: Engines
  readonly token?: string
  readonly https?: { readonly key: string; readonly cert: string }
}

/** The Realtime door alone, on a free port of this machine; with made-up engines unless others are given. */
export async function startRealtimeApp(options: RealtimeAppOptions = {}): Promise<RealtimeApp> {
  const { engines = quickEngines(), token, https } = options
  const clock = systemClock
  const store = await openSqliteStore({ file: ':memory:', clock })
  await store.seed(starters)
  const logger = createLogger('silent')
  const config = Config.parse({})
  const deps = createDoorDeps({ engines, store, config, clock, logger, token, version: 'test' })
  const app = fastify({ forceCloseConnections: true, https: https ?? null })
  await acceptSockets(app, 8 * 1024 * 1024)
  registerRealtime(app, deps)
  const httpUrl = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    httpUrl,
    socketUrl: `${httpUrl.replace('http', 'ws')}/v1/realtime`,
    store,
    engines,
    async [Symbol.asyncDispose]() {
      await app.close()
      await engines[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
    },
  }
}

/** Engines that answer at once, hear what is loud, and understand the same in everything. */
export function quickEngines(): Engines & {
  readonly model: FakeLanguageModel
  readonly synthesizer: FakeSynthesizer
  readonly transcriber: FakeTranscriber
} {
  const clock = systemClock
  const vad = new FakeVad()
  const transcriber = new FakeTranscriber({ clock })
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
