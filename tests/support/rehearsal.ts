import { type Character, CharacterDraft, VoiceDraft } from '#shared/entities.ts'
import { type AudioFrame } from '#shared/protocol/audio-frame.ts'
import {
  type ConversationEvent,
  type CrudAnswer,
  type EventData,
  type EventType,
} from '#shared/protocol/events.ts'
import { Config } from '../../backend/config.ts'
import { type AppError } from '../../backend/errors.ts'
import { type ClientLink } from '../../backend/pipeline/client-link.ts'
import { Conversation } from '../../backend/pipeline/conversation.ts'
import { type Store } from '../../backend/store/contract.ts'
import { openSqliteStore } from '../../backend/store/sqlite/sqlite-store.ts'
import { type ToolBox } from '../../backend/tools/tool-box.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FakeLanguageModel } from '../fakes/fake-language-model.ts'
import { noTools } from '../fakes/no-tools.ts'
import { FakeSynthesizer, type FakeSynthesizerOptions } from '../fakes/fake-synthesizer.ts'

export type Said = { readonly atMs: number } & (
  | { readonly type: 'event'; readonly event: ConversationEvent }
  | { readonly type: 'frame'; readonly frame: AudioFrame }
)

/** A client's end of the line: everything the server said, in order, with the time it was said. */
export class RecordingLink implements ClientLink {
  readonly said: Said[] = []
  bufferedBytes = 0
  hasSound = true
  readonly #nowMs: () => number

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  send(event: ConversationEvent): void {
    this.said.push({ type: 'event', atMs: this.#nowMs(), event })
  }

  sendAudio(frame: AudioFrame): void {
    this.said.push({ type: 'frame', atMs: this.#nowMs(), frame })
  }

  /** The data of all events of a type. */
  all<T extends EventType>(type: T): EventData<T>[]
  all(type: EventType): unknown[] {
    return this.said.flatMap((said) =>
      said.type === 'event' && said.event.type === type ? [said.event.data] : [],
    )
  }

  frames(): (AudioFrame & { readonly atMs: number })[] {
    return this.said.flatMap((said) => (said.type === 'frame' ? [{ ...said.frame, atMs: said.atMs }] : []))
  }
}

/** Luck with which only those speak who are asked or always do. */
const NOBODY_JOINS = 1

export interface RehearsalOptions {
  readonly random?: () => number
  readonly tools?: ToolBox
  readonly cast?: readonly string[]
  readonly voice?: Omit<FakeSynthesizerOptions, 'clock'>
  readonly config?: Partial<Config>
}

/** A conversation with made-up engines on a made-up clock, and a client that notes everything. */
export class Rehearsal implements AsyncDisposable {
  readonly clock: FakeClock
  readonly link: RecordingLink
  readonly model: FakeLanguageModel
  readonly synthesizer: FakeSynthesizer
  readonly store: Store
  readonly conversation: Conversation
  readonly cast: readonly Character[]
  readonly errors: AppError[] = []
  /** What only the log is told. */
  readonly backgroundFailures: unknown[] = []
  readonly changes: CrudAnswer[] = []

  private constructor(parts: {
    clock: FakeClock
    store: Store
    cast: Character[]
    options: RehearsalOptions
  }) {
    const { clock, store, options } = parts
    this.clock = clock
    this.store = store
    this.cast = parts.cast
    this.link = new RecordingLink(() => clock.nowMs())
    this.model = new FakeLanguageModel(clock)
    this.synthesizer = new FakeSynthesizer({ clock, ...options.voice })
    this.conversation = new Conversation({
      clock,
      link: this.link,
      store,
      model: this.model,
      synthesizer: this.synthesizer,
      config: { ...Config.parse({}), ...options.config },
      publish: (change) => this.changes.push(change),
      onError: (error) => this.errors.push(error),
      onBackgroundFailure: (error) => this.backgroundFailures.push(error),
      onTurnEnded: () => {},
      tools: options.tools ?? noTools,
      random: options.random ?? (() => NOBODY_JOINS),
    })
  }

  static async begin(options: RehearsalOptions = {}): Promise<Rehearsal> {
    const clock = new FakeClock()
    const store = await openSqliteStore({ file: ':memory:', clock })
    const cast: Character[] = []
    for (const name of options.cast ?? ['Nora']) {
      const voice = await store.voices.create(
        VoiceDraft.parse({ voice_name: name, method: 'fake', settings: { engine_voice: name } }),
      )
      cast.push(
        await store.characters.create(
          CharacterDraft.parse({ name, voice_id: voice.voice_id, is_active: true }),
        ),
      )
    }
    return new Rehearsal({ clock, store, cast, options })
  }

  type(text: string, options: { interrupt?: boolean } = {}): void {
    this.conversation.say({
      text,
      isSpoken: false,
      isInterrupting: options.interrupt ?? false,
      askedAtMs: this.clock.nowMs(),
    })
  }

  /** The browser has played this much of a stream. */
  played(stream: number, samples: number): void {
    const frame = this.link.frames().find((sent) => sent.stream === stream)
    if (frame) this.conversation.played({ epoch: frame.epoch, stream, samples })
  }

  /** What the store holds, oldest first. */
  async messages() {
    return this.store.messages.list({ conversation_id: this.conversation.room.conversationId, limit: 100 })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.conversation[Symbol.asyncDispose]()
    await this.store[Symbol.asyncDispose]()
  }
}
