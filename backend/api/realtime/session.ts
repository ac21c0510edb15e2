import { AppError } from '../../errors.ts'
import { ClientEvents } from './client-event-table.ts'
import { type ProtocolFault, readEvent } from './client-events.ts'
import { faultOf } from './faults.ts'
import { newId } from './ids.ts'
import { IdleWatch } from './idle-watch.ts'
import { draftedItem } from './item-draft.ts'
import { ItemList } from './item-list.ts'
import { type Item, type ItemDraft } from './items.ts'
import { type CommittedInput, Listener } from './listener.ts'
import { Responses } from './responses.ts'
import { type ServerEvent } from './server-events.ts'
import { defaultConfig, type SessionConfig, updated } from './session-config.ts'
import { type SessionDeps } from './session-deps.ts'
import { type SessionPatch } from './session-schema.ts'
import { checkUpdate, listensOtherwise } from './session-update.ts'
import { writtenSession } from './session-written.ts'
import { type SpokenWords } from './spoken-words.ts'
import { ownVoiceName } from './talker.ts'
import { insertItem } from './transcript-events.ts'

/** As long as a session lasts elsewhere; programs are used to beginning a new one. */
const SESSION_MS = 60 * 60 * 1000

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
  readonly #ends: (() => PromiseLike<void> | void)[] = []
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
    checkUpdate(patch, { before, next, talkable: talker.talkable, hasSpoken: this.responses.hasSpoken })
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
    insertItem(
      this.items,
      { item, previousId },
      {
        emit: this.emit,
        isWanted: this.#config.audio.input.transcription !== null,
        onError: (error) => this.#tellError(error),
      },
    )
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
