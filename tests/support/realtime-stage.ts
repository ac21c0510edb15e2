import { CharacterDraft, VoiceDraft } from '#shared/entities.ts'
import { createDoorDeps } from '../../backend/api/core/door-deps.ts'
import { encodedAudio, PCM } from '../../backend/api/realtime/audio-format.ts'
import { findTalker } from '../../backend/api/realtime/find-talker.ts'
import { type ServerEvent } from '../../backend/api/realtime/server-events.ts'
import { RealtimeSession } from '../../backend/api/realtime/session.ts'
import { type SessionConfig } from '../../backend/api/realtime/session-config.ts'
import { Config } from '../../backend/config.ts'
import { createLogger } from '../../backend/logging.ts'
import { openSqliteStore } from '../../backend/store/sqlite/sqlite-store.ts'
import { type Store } from '../../backend/store/contract.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FakeLanguageModel } from '../fakes/fake-language-model.ts'
import { FakeSynthesizer, type FakeSynthesizerOptions } from '../fakes/fake-synthesizer.ts'
import { FakeTranscriber } from '../fakes/fake-transcriber.ts'
import { FakeVad } from '../fakes/fake-vad.ts'

const NEVER = new AbortController().signal

export interface RealtimeStageOptions {
  readonly voice?: Omit<FakeSynthesizerOptions, 'clock'>
  readonly config?: Partial<Config>
  readonly type?: SessionConfig['type']
  /** A character by default. */
  readonly model?: string
}

/** A Realtime session with made-up engines on a made-up clock, and a client that notes everything it is told. */
export class RealtimeStage implements AsyncDisposable {
  readonly clock: FakeClock
  readonly model: FakeLanguageModel
  readonly synthesizer: FakeSynthesizer
  readonly transcriber: FakeTranscriber
  readonly vad = new FakeVad()
  readonly heard: (ServerEvent & { readonly atMs: number })[] = []
  readonly defects: unknown[] = []
  readonly session: RealtimeSession
  isExpired = false
  readonly #store: Store

  private constructor(parts: {
    clock: FakeClock
    store: Store
    model: FakeLanguageModel
    synthesizer: FakeSynthesizer
    transcriber: FakeTranscriber
    newSession: (stage: RealtimeStage) => RealtimeSession
  }) {
    this.clock = parts.clock
    this.#store = parts.store
    this.model = parts.model
    this.synthesizer = parts.synthesizer
    this.transcriber = parts.transcriber
    this.session = parts.newSession(this)
  }

  static async begin(options: RealtimeStageOptions = {}): Promise<RealtimeStage> {
    const clock = new FakeClock()
    const store = await openSqliteStore({ file: ':memory:', clock })
    const voice = await store.voices.create(
      VoiceDraft.parse({ voice_name: 'Warm', method: 'fake', settings: { engine_voice: 'warm' } }),
    )
    await store.characters.create(
      CharacterDraft.parse({ name: 'Nova', voice_id: voice.voice_id, description: 'Nova repairs clocks.' }),
    )
    const model = new FakeLanguageModel(clock)
    const synthesizer = new FakeSynthesizer({ clock, ...options.voice })
    const transcriber = new FakeTranscriber({ clock })
    const config = { ...Config.parse({}), ...options.config }
    const vad = new FakeVad()
    const status = { name: 'fake', ready: true }
    const engines = {
      vad,
      transcriber,
      model,
      synthesizer,
      statuses: () => ({ vad: status, stt: status, llm: status, tts: status }),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }
    const logger = createLogger('silent')
    const deps = createDoorDeps({ engines, store, config, clock, logger, token: undefined, version: 'test' })
    const talker = await findTalker(deps, options.model ?? 'character:nova', NEVER)
    const newSession = (stage: RealtimeStage): RealtimeSession =>
      new RealtimeSession({
        ...deps,
        talker,
        type: options.type ?? 'realtime',
        send: (event) => stage.heard.push({ ...event, atMs: clock.nowMs() }),
        room: () => Promise.resolve(),
        onDefect: (error) => stage.defects.push(error),
        onExpired: () => {
          stage.isExpired = true
        },
      })
    const stage = new RealtimeStage({ clock, store, model, synthesizer, transcriber, newSession })
    stage.session.begin()
    return stage
  }

  send(type: string, fields: Record<string, unknown> = {}): void {
    this.session.receive({ type, ...fields })
  }

  /** Types a message, as the user. */
  type(text: string): void {
    const content = [{ type: 'input_text', text }]
    this.send('conversation.item.create', { item: { type: 'message', role: 'user', content } })
  }

  update(session: Record<string, unknown>): void {
    this.send('session.update', { session: { type: 'realtime', ...session } })
  }

  /** Sound comes in as from a microphone: 20 ms at a time. */
  async speak(durationMs: number, level = 8_000): Promise<void> {
    const frame = encodedAudio(new Int16Array(480).fill(level), PCM)
    for (let at = 0; at < durationMs; at += 20) {
      this.send('input_audio_buffer.append', { audio: frame })
      await this.clock.advance(20)
    }
  }

  async pause(durationMs: number): Promise<void> {
    await this.speak(durationMs, 0)
  }

  /** All events of a type. */
  all(type: string): ServerEvent[] {
    return this.heard.filter((event) => event.type === type)
  }

  /** What was told, without what differs from run to run. */
  get types(): string[] {
    return this.heard.map(({ type }) => type)
  }

  /** The last thing of its type. @throws Error if there is none. */
  last(type: string): ServerEvent {
    const found = this.all(type).at(-1)
    if (!found) throw new Error(`No ${type}; told were: ${this.types.join(', ')}`)
    return found
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session[Symbol.asyncDispose]()
    await this.#store[Symbol.asyncDispose]()
  }
}
