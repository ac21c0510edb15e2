import { randomUUID } from 'node:crypto'
import { type Character, type EngineStatuses } from '#shared/entities.ts'
import { type CommandData } from '#shared/protocol/commands.ts'
import { type ConversationEvent, type CrudAnswer, type EventData } from '#shared/protocol/events.ts'
import { type Config } from '../config.ts'
import { type Engines } from '../engines/registry.ts'
import { type AppError, toAppError } from '../errors.ts'
import { type Clock } from '../lib/clock.ts'
import { type Logger } from '../logging.ts'
import { type Metrics } from '../metrics.ts'
import { Conversation } from '../pipeline/conversation.ts'
import { Ears } from '../pipeline/ears.ts'
import { metricsOf } from '../pipeline/turn-metrics.ts'
import { type Store } from '../store/contract.ts'
import { type ToolBox } from '../tools/tool-box.ts'
import { type Connection } from './connection.ts'
import { type SessionMemory } from './sessions.ts'

/** How many messages an opened conversation brings along; older ones are asked for. */
const OPENED_MESSAGES = 60

export interface SessionDeps {
  readonly clock: Clock
  readonly config: Config
  readonly store: Store
  readonly engines: Engines
  readonly tools: ToolBox
  readonly metrics: Metrics
  readonly logger: Logger
  readonly memory: SessionMemory
  readonly connection: Connection
  /** Tells all other connections. */
  readonly publish: (change: CrudAnswer) => void
}

/** One connected client: its conversation, its ears, and where it is. */
export class Session implements AsyncDisposable {
  readonly conversation: Conversation
  readonly ears: Ears
  readonly #deps: SessionDeps
  readonly #id = randomUUID()
  readonly #resumeToken: string
  readonly #leave: () => void
  /** A change of rooms under way; what is said meanwhile is said in the new one. */
  #moving: Promise<unknown> | undefined

  constructor(deps: SessionDeps) {
    const { clock, config, engines, connection: link, metrics } = deps
    this.#deps = deps
    this.#resumeToken = deps.memory.newToken()
    this.conversation = new Conversation({
      ...deps,
      link,
      model: engines.model,
      synthesizer: engines.synthesizer,
      onError: (error) => this.tellError(error),
      onBackgroundFailure: (err) =>
        deps.logger.warn({ session: this.#id, err }, 'Something in the background failed; it is tried again'),
      onTurnEnded: (turn, outcome) => metrics.turnEnded(outcome, metricsOf(turn, clock.nowMs())),
    })
    this.#leave = deps.memory.follow(this.#resumeToken, () => {
      // Not the room itself: it would be remembered with all that hangs on it.
      const { conversationId, modelSettings } = this.conversation.room
      return { conversationId, modelSettings }
    })
    this.ears = new Ears({
      clock,
      link,
      vad: engines.vad.openStream(),
      transcription: engines.transcriber.openSession(),
      utterances: utteranceSettings(config),
      bargeInMs: config.barge_in_ms,
      finalTimeoutMs: config.transcription_timeout_ms,
      isAnswering: () => this.conversation.queue.running !== undefined,
      onBargeIn: () => this.conversation.interrupt(),
      onSpoken: (said) => this.#say({ ...said, isSpoken: true }),
      onError: (error) => this.tellError(error),
    })
  }

  isOn(connection: Connection): boolean {
    return this.#deps.connection === connection
  }

  /** Where the client is, as `ready` says it. */
  async tellReady(id?: string): Promise<void> {
    const { room } = this.conversation
    const data: EventData<'ready'> = {
      session_id: this.#id,
      resume_token: this.#resumeToken,
      conversation_id: room.conversationId,
      engines: this.#engineStatuses(),
      model_settings: room.modelSettings,
      active_characters: await room.cast(),
    }
    this.#answer(id, { type: 'ready', data })
  }

  async hello(
    { resume_token, conversation_id, has_sound }: CommandData<'hello'>,
    id?: string,
  ): Promise<void> {
    if (has_sound !== undefined) this.#deps.connection.hasSound = has_sound
    await this.#move(async () => {
      const left = resume_token === undefined ? undefined : this.#deps.memory.recall(resume_token)
      if (left) await this.conversation.leaveFor((room) => room.resume(left))
      if (conversation_id === undefined || conversation_id === this.conversation.room.conversationId) return
      await this.conversation.leaveFor((room) => room.open(conversation_id))
    })
    await this.tellReady(id)
  }

  async openConversation({ conversation_id }: CommandData<'open_conversation'>, id?: string): Promise<void> {
    const conversation = await this.#move(() =>
      this.conversation.leaveFor((room) => room.open(conversation_id)),
    )
    const { messages: stored } = this.#deps.store
    const messages = await stored.list({ conversation_id, limit: OPENED_MESSAGES })
    const isWhole = messages.length < OPENED_MESSAGES
    const message_count = isWhole ? messages.length : await stored.count(conversation_id)
    const active_characters = await this.conversation.room.cast()
    const data = { conversation, messages, message_count, active_characters }
    this.#answer(id, { type: 'conversation_opened', data })
  }

  async clearHistory(id?: string): Promise<void> {
    const conversation_id = await this.#move(() => this.conversation.leaveFor((room) => room.startFresh()))
    this.#answer(id, { type: 'history_cleared', data: { conversation_id } })
  }

  async tellCast(id?: string): Promise<void> {
    const characters: Character[] = await this.conversation.room.cast()
    this.#answer(id, { type: 'active_characters', data: { characters } })
  }

  userMessage({ text, interrupt }: CommandData<'user_message'>): void {
    if (text === '') return
    const askedAtMs = this.#deps.clock.nowMs()
    this.#say({ text, isSpoken: false, isInterrupting: interrupt ?? false, askedAtMs })
  }

  /** @param id of the request that failed, if it was one. */
  tellError(thrown: unknown, id?: string): void {
    const error = toAppError(thrown)
    this.#deps.metrics.errors.inc({ code: error.code })
    this.#log(error)
    const { code, message, isRetryable, issues } = error
    const data = { code, message, retryable: isRetryable, ...(issues ? { issues: [...issues] } : {}) }
    this.#answer(id, { type: 'error', data })
  }

  /** Ends what is running and writes what was heard. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#leave()
    await Promise.all([this.ears[Symbol.asyncDispose](), this.conversation[Symbol.asyncDispose]()])
  }

  /** Does it when the client is where it has asked to go. */
  async inRoom(act: () => Promise<void> | void): Promise<void> {
    await this.#moving
    await act()
  }

  #say(said: Parameters<Conversation['say']>[0]): void {
    if (!this.#moving) {
      this.conversation.say(said)
      return
    }
    this.#moving.then(
      () => this.conversation.say(said),
      () => this.conversation.say(said),
    )
  }

  /** Moves to another room, one move at a time. */
  async #move<Result>(enter: () => Promise<Result>): Promise<Result> {
    const before = this.#moving ?? Promise.resolve()
    const move = before.then(enter, enter)
    const settled = move.catch(() => {})
    this.#moving = settled
    try {
      return await move
    } finally {
      if (this.#moving === settled) this.#moving = undefined
    }
  }

  #answer(id: string | undefined, event: ConversationEvent): void {
    this.#deps.connection.send(id === undefined ? event : { ...event, id })
  }

  #engineStatuses(): EngineStatuses {
    return this.#deps.engines.statuses()
  }

  #log(error: AppError): void {
    const { logger } = this.#deps
    const fields = {
      session: this.#id,
      code: error.code,
      ...(error.code === 'internal' ? { err: error.cause } : {}),
    }
    if (error.code === 'internal') logger.error(fields, 'A defect')
    else logger.warn(fields, 'Told the client an error')
  }
}

function utteranceSettings(config: Config) {
  return {
    speechThreshold: config.speech_threshold,
    silenceThreshold: Math.max(0, config.speech_threshold - 0.15),
    minSpeechMs: config.min_speech_ms,
    endOfTurnSilenceMs: config.end_of_turn_silence_ms,
    preRollMs: config.pre_roll_ms,
    maxUtteranceMs: config.max_utterance_ms,
    releaseTailMs: config.release_tail_ms,
  }
}
