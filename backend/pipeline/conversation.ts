import { randomUUID } from 'node:crypto'
import { type ModelSettings } from '#shared/entities.ts'
import { type CrudAnswer, type TurnOutcome } from '#shared/protocol/events.ts'
import { type Config } from '../config.ts'
import { type LanguageModel, type Synthesizer } from '../engines/contracts.ts'
import { type AppError, toAppError } from '../errors.ts'
import { Channel } from '../lib/channel.ts'
import { type Clock } from '../lib/clock.ts'
import { type Store } from '../store/contract.ts'
import { type ToolBox } from '../tools/tool-box.ts'
import { AudioStreamer } from './audio-streamer.ts'
import { type ClientLink } from './client-link.ts'
import { type ConversationTurnDeps, runUserTurn } from './conversation-turn.ts'
import { History } from './history.ts'
import { Interruptions } from './interruptions.ts'
import { MessageVerbs } from './message-verbs.ts'
import { Playback, type PlayedReport } from './playback.ts'
import { Prompter } from './prompter.ts'
import { Room } from './room.ts'
import { Summaries } from './summaries.ts'
import { runSpeech } from './speech.ts'
import { type AudioItem, type SpeechItem } from './channel-items.ts'
import { type Turn } from './turn.ts'
import { TurnGate } from './turn-gate.ts'
import { TurnQueue } from './turn-queue.ts'

/** Sentences that wait for the voice. */
const SENTENCE_CAPACITY = 4
/** Chunks of sound that wait to be streamed; an engine's chunk is a clause at most. */
const AUDIO_CAPACITY = 16

export interface ConversationDeps {
  readonly clock: Clock
  readonly link: ClientLink
  readonly store: Store
  readonly model: LanguageModel
  readonly synthesizer: Synthesizer
  readonly config: Config
  /** What characters may use while they talk. */
  readonly tools: ToolBox
  /** Tells other connections what changed. */
  readonly publish: (change: CrudAnswer) => void
  /** Tells this client, and the log, what went wrong. */
  readonly onError: (error: AppError) => void
  /** Tells the log only: of what nobody waits for. */
  readonly onBackgroundFailure?: (error: unknown) => void
  readonly onTurnEnded: (turn: Turn, outcome: TurnOutcome) => void
  /** 0 … 1; `Math.random` by default. */
  readonly random?: () => number
}

export interface UserText {
  readonly text: string
  readonly isSpoken: boolean
  /** End the running turn first. */
  readonly isInterrupting: boolean
  readonly askedAtMs: number
  readonly endOfUtteranceDelayMs?: number
  readonly transcriptionDelayMs?: number
}

/** One connection's conversation: the parts of the spoken path, put together, and the verbs that drive them. */
export class Conversation implements AsyncDisposable {
  readonly room: Room
  readonly queue: TurnQueue
  readonly verbs: MessageVerbs
  readonly #deps: ConversationDeps
  readonly #history: History
  readonly #playback: Playback
  readonly #summaries: Summaries
  readonly #turnDeps: ConversationTurnDeps
  readonly #sentences = new Channel<SpeechItem>({ capacity: SENTENCE_CAPACITY })
  readonly #audio = new Channel<AudioItem>({ capacity: AUDIO_CAPACITY })
  readonly #workers: Promise<unknown>

  constructor(deps: ConversationDeps) {
    const { clock, link, store, synthesizer, config } = deps
    const gate = new TurnGate(link)
    const shared = { clock, link, gate, sentences: this.#sentences, audio: this.#audio }
    const onFailure = (turn: Turn, error: unknown): void => this.#failTurn(turn, error)
    const streamer = new AudioStreamer({ ...shared, onFailure, onTurnEnd: (turn) => this.#endTurn(turn) })
    this.#deps = deps
    this.room = new Room({ store, modelSettings: config.llm_settings, publish: deps.publish })
    this.#history = new History({ store, publish: deps.publish })
    this.#playback = new Playback(clock, streamer)
    const parts = { history: this.#history, playback: this.#playback }
    const onLost = (error: unknown): void => deps.onError(toAppError(error))
    const interruptions = new Interruptions({ link, ...parts, onFailure: onLost })
    const prompter = new Prompter(deps)
    this.#summaries = this.#newSummaries(prompter)
    this.queue = new TurnQueue({
      ...shared,
      streamer,
      onBegin: () => this.#summaries.end(),
      onInterrupted: (turn) => interruptions.remember(turn),
      onEnded: (turn, outcome) => this.#onEnded(turn, outcome),
      onFailure,
    })
    const turnDeps = {
      ...shared,
      ...deps,
      room: this.room,
      ...parts,
      queue: this.queue,
      random: deps.random ?? Math.random,
      prompter,
      memoryIsSettled: () => interruptions.memoryIsSettled(),
      onFailure,
    }
    this.#turnDeps = turnDeps
    this.verbs = new MessageVerbs(turnDeps)
    const firstAudioTimeoutMs = config.first_audio_timeout_ms
    const speech = runSpeech({ ...shared, synthesizer, firstAudioTimeoutMs, onFailure })
    this.#workers = Promise.all([speech, streamer.run()].map((worker) => this.#watch(worker)))
  }

  /** Takes the user's message: stores it at once, and answers it when its turn comes. */
  say(said: UserText): void {
    const { conversationId } = this.room
    const { text, isSpoken } = said
    const name = this.#deps.config.user_name ?? 'You'
    const stored = this.#history.addUserText(
      { conversationId, messageId: randomUUID(), name, text, isSpoken },
      () => this.room.ensureStored(text),
    )
    stored.catch(() => {}) // The turn that awaits it reports its failure.
    const request = {
      ...said,
      run: (turn: Turn) => runUserTurn(this.#turnDeps, turn, { text, isSpoken, stored }),
    }
    if (said.isInterrupting) this.queue.submitNow(request)
    else this.queue.submit(request)
  }

  /**
   * @param id of the client's request, for the acknowledgement.
   * @param areQueuedToo whether what waits for its turn is forgotten as well.
   */
  interrupt(id?: string, areQueuedToo = false): void {
    if (areQueuedToo) this.queue.forgetWaiting()
    this.queue.interrupt(id)
  }

  /** The browser's report of what it has played. */
  played(report: PlayedReport): void {
    this.#playback.report(report)
  }

  /** Ends what is being said, and resolves when what was heard of it is stored. */
  async quiet(): Promise<void> {
    if (this.queue.running) this.queue.interrupt()
    await this.#turnDeps.memoryIsSettled()
    await this.#history.idle()
  }

  /** Changes to another conversation or a fresh one; what is being said here ends. */
  async leaveFor<Result>(enter: (room: Room) => Promise<Result>): Promise<Result> {
    this.queue.clear()
    await this.#history.idle()
    this.queue.clear()
    this.#history.forgetUnanswered()
    return enter(this.room)
  }

  setModelSettings(settings: ModelSettings): ModelSettings {
    this.room.modelSettings = { ...this.room.modelSettings, ...settings }
    return this.room.modelSettings
  }

  /** Ends what is running, writes what was heard, lets the workers go. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.queue.close()
    this.#sentences.close()
    this.#audio.close()
    await this.#workers
    await this.#summaries.close()
    await this.#history.idle()
  }

  #newSummaries(prompter: Prompter): Summaries {
    return new Summaries({
      ...this.#deps,
      userName: (id) => prompter.userName(id),
      modelSettings: () => this.room.modelSettings,
      onFailure: (error) => this.#deps.onBackgroundFailure?.(error),
    })
  }

  #onEnded(turn: Turn, outcome: TurnOutcome): void {
    this.#deps.onTurnEnded(turn, outcome)
    const { running } = this.queue
    if (running === undefined || running === turn) this.#summaries.begin(this.room.conversationId)
  }

  #endTurn(turn: Turn): void {
    this.queue.finish(turn, turn.hasFailed ? 'failed' : 'completed')
  }

  /** The user is told about a turn's first failure; the others follow from it or would only repeat it. */
  #failTurn(turn: Turn, thrown: unknown): void {
    const error = toAppError(thrown)
    if (!turn.hasFailed) this.#deps.onError(error)
    turn.hasFailed = true
  }

  /** A worker that dies would leave a silent connection; that is a defect, and must be seen. */
  #watch(worker: Promise<void>): Promise<void> {
    return worker.catch((error: unknown) => this.#deps.onError(toAppError(error)))
  }
}
