import { type Config } from '../../config.ts'
import { type Synthesizer, type Transcriber, type VoiceActivityDetector } from '../../engines/contracts.ts'
import { AppError } from '../../errors.ts'
import { type Clock } from '../../lib/clock.ts'
import { type Generate } from '../core/contract.ts'
import { ClientEvents } from './client-event-table.ts'
import { type ProtocolFault, readEvent } from './client-events.ts'
import { faultOf } from './faults.ts'
import { isForeignModel } from './foreign-names.ts'
import { newId } from './ids.ts'
import { IdleWatch } from './idle-watch.ts'
import { draftedItem } from './item-draft.ts'
import { ItemList } from './item-list.ts'
import { type Item, type ItemDraft, writtenItem } from './items.ts'
import { type CommittedInput, Listener } from './listener.ts'
import { Responses } from './responses.ts'
import { type ServerEvent } from './server-events.ts'
import { defaultConfig, type SessionConfig, updated } from './session-config.ts'
import { type SessionPatch } from './session-schema.ts'
import { writtenSession } from './session-written.ts'
import { type SpokenWords } from './spoken-words.ts'
import { ownVoiceName, type Talker } from './talker.ts'
import { tellTranscript } from './transcript-events.ts'

/** As long as a session lasts elsewhere; programs are used to beginning a new one. */
const SESSION_MS = 60 * 60 * 1000

export interface SessionDeps {
  readonly clock: Clock
  readonly config: Config
  readonly generate: Generate
  readonly synthesizer: Synthesizer
  readonly transcriber: Transcriber
  readonly vad: VoiceActivityDetector
  readonly talker: Talker
  readonly type: SessionConfig['type']
  /** What the key that opened it asks for. */
  readonly patch?: SessionPatch | undefined
  readonly send: (event: ServerEvent) => void
  /** Resolves when the client has room for more. */
  readonly room: (signal: AbortSignal) => Promise<void>
  /** For the log. */
  readonly onDefect: (error: unknown) => void
  readonly onExpired: () => void
}

/** One client's session: events in, events out. Everything in it happens on its clock. */
export class RealtimeSession implements AsyncDisposable {
  readonly items = new ItemList()
  readonly listener: Listener
  readonly responses: Responses
  readonly emit = (event: ServerEvent): void => {
    if (!this.#isClosed) this.#deps.send(event)
  }
  readonly #deps: SessionDeps
  readonly #id = newId('sess')
  readonly #expiresAt: number
  readonly #events: ClientEvents
  readonly #idle: IdleWatch
  readonly #ends: (() => Promise<void> | void)[] = []
  #config: SessionConfig
  #isClosed = false

  constructor(deps: SessionDeps) {
    const { clock, config, talker, type, patch, onExpired } = deps
    this.#deps = deps
    this.#expiresAt = Math.floor((clock.date().getTime() + SESSION_MS) / 1000)
    const initial = defaultConfig(config, { type, voice: ownVoiceName(talker) })
    this.#config = patch ? updated(initial, patch, config) : initial
    this.responses = this.#newResponses()
    this.listener = this.#newListener()
    this.#events = new ClientEvents(this)
    this.#idle = new IdleWatch({
      clock,
      listener: this.listener,
      responses: this.responses,
      session: () => this.#config,
      onIdle: (fromMs) => this.#onIdle(fromMs),
    })
    this.#ends.push(clock.after(SESSION_MS, onExpired))
  }

  get config(): SessionConfig {
    return this.#config
  }

  /** The first thing that its client hears. */
  begin(): void {
    this.emit({ type: 'session.created', session: this.written() })
  }

  written(): Record<string, unknown> {
    const facts = { id: this.#id, model: this.#deps.talker.talkable.id, expiresAt: this.#expiresAt }
    return writtenSession(this.#config, facts)
  }

  /** Takes whatever the client has sent; what cannot be done is told, and the session goes on. */
  receive(value: unknown): void {
    const read = readEvent(value)
    if ('fault' in read) {
      this.tellFault(read.fault, read.eventId)
      return
    }
    const { event } = read
    try {
      this.#events.take(event)
    } catch (error) {
      this.#logDefect(error)
      this.tellFault(faultOf(error, this.#events.codeOf(event, error)), event.event_id ?? null)
    }
  }

  tellFault(fault: ProtocolFault, eventId: string | null): void {
    this.emit({ type: 'error', error: { ...fault, event_id: eventId } })
  }

  /** @throws AppError `invalid` if something would change that cannot. */
  update(patch: SessionPatch): void {
    const { config, talker } = this.#deps
    const before = this.#config
    const next = updated(before, patch, config)
    const { talkable } = talker
    const names = [talkable.id, ...talkable.aliases].map((name) => name.toLowerCase())
    const wished = patch.model?.toLowerCase()
    if (wished !== undefined && !names.includes(wished) && !isForeignModel(wished)) {
      throw new AppError(
        'invalid',
        `This session talks with "${talkable.id}"; open another one for "${patch.model}"`,
      )
    }
    if (next.audio.output.voice !== before.audio.output.voice && this.responses.hasSpoken) {
      throw new AppError('invalid', "Cannot update a conversation's voice if assistant audio is present")
    }
    this.#config = next
    if (listensOtherwise(before, next)) this.listener.restart()
    this.#idle.restart()
  }

  /** An item as a client gives it. */
  drafted(draft: ItemDraft): Item {
    const { format } = this.#config.audio.input
    return draftedItem(draft, { format, wordsOf: (sound) => this.listener.wordsOf(sound) })
  }

  /** Puts an item in, tells so, and follows what is understood of it. */
  insert(item: Item, previousId?: string | null): void {
    const previous_item_id = this.items.insert(item, previousId)
    const told = { previous_item_id, item: writtenItem(item) }
    this.emit({ type: 'conversation.item.added', ...told })
    this.emit({ type: 'conversation.item.done', ...told })
    if (item.type !== 'message') return
    for (const [index, part] of item.content.entries()) {
      if (part.type !== 'input_audio' || !part.words) continue
      const isWanted = this.#config.audio.input.transcription !== null
      const onError = (error: unknown): void => this.#tellError(error)
      tellTranscript({ item, index, part }, { emit: this.emit, isWanted, onError })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    this.#idle[Symbol.dispose]()
    this.responses[Symbol.dispose]()
    this.listener[Symbol.dispose]()
    for (const end of this.#ends) await end()
  }

  #newResponses(): Responses {
    const { talker, generate, synthesizer, clock, config, room } = this.#deps
    return new Responses({
      talker,
      generate,
      synthesizer,
      clock,
      config,
      room,
      items: this.items,
      conversationId: newId('conv'),
      emit: this.emit,
      session: () => this.#config,
      drafted: (draft) => this.drafted(draft),
      isHearing: () => this.listener.isHearing,
      onVoiceFailure: (error) => this.#tellError(error),
      onError: (error) => this.#tellError(error),
      onEnded: () => this.#idle.restart(),
    })
  }

  #newListener(): Listener {
    const { clock, config, vad, transcriber } = this.#deps
    const stream = vad.openStream()
    const transcription = transcriber.openSession()
    this.#ends.push(
      () => stream[Symbol.dispose](),
      () => transcription[Symbol.asyncDispose](),
    )
    return new Listener({
      clock,
      config,
      vad: stream,
      transcription,
      emit: this.emit,
      session: () => this.#config,
      onSpeechStarted: () => this.#onSpeechStarted(),
      onCommitted: (input) => this.#onCommitted(input),
      onError: (error) => this.#tellError(error),
    })
  }

  #onSpeechStarted(): void {
    this.#idle.stop()
    if (this.#config.audio.input.turn_detection?.interrupt_response) this.responses.interrupt()
  }

  #onCommitted({ itemId, sound, words, isTurn }: CommittedInput): void {
    const previous_item_id = this.items.lastId
    this.emit({ type: 'input_audio_buffer.committed', item_id: itemId, previous_item_id })
    this.#insertHeard({ itemId, sound, words })
    if (isTurn && this.#answersTurns) this.responses.createWhenUnderstood(words)
    this.#idle.restart()
  }

  #insertHeard({
    itemId,
    sound,
    words,
  }: Pick<CommittedInput, 'itemId' | 'sound'> & { words: SpokenWords }): void {
    const part = { type: 'input_audio' as const, transcript: null, sound, words }
    this.insert({ id: itemId, type: 'message', role: 'user', status: 'completed', content: [part] })
  }

  #onIdle(fromMs: number): void {
    const silence = this.listener.commitSilence(fromMs)
    const { itemId } = silence
    const [audio_start_ms, audio_end_ms] = [Math.round(silence.fromMs), Math.round(silence.toMs)]
    const previous_item_id = this.items.lastId
    this.emit({ type: 'input_audio_buffer.timeout_triggered', audio_start_ms, audio_end_ms, item_id: itemId })
    this.emit({ type: 'input_audio_buffer.committed', item_id: itemId, previous_item_id })
    this.#insertHeard(silence)
    if (!this.responses.isActive) this.responses.create({}, IDLE_NOTE)
  }

  get #answersTurns(): boolean {
    const { type, audio } = this.#config
    return type === 'realtime' && audio.input.turn_detection?.create_response === true
  }

  #tellError(thrown: unknown): void {
    this.#logDefect(thrown)
    this.tellFault(faultOf(thrown), null)
  }

  #logDefect(thrown: unknown): void {
    if (!(thrown instanceof AppError) || thrown.code === 'internal') this.#deps.onDefect(thrown)
  }
}

const IDLE_NOTE =
  'Nobody has said anything for a while. Say one short sentence that invites the other person to go on.'

function listensOtherwise(before: SessionConfig, after: SessionConfig): boolean {
  const ofInput = ({ audio: { input } }: SessionConfig): string =>
    JSON.stringify([input.format, input.turn_detection])
  return ofInput(before) !== ofInput(after)
}
