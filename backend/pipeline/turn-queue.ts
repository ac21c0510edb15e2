import { type EventData } from '#shared/protocol/events.ts'
import { type TurnOutcome } from '#shared/protocol/events.ts'
import { type Channel } from '../lib/channel.ts'
import { type Clock } from '../lib/clock.ts'
import { type AudioStreamer } from './audio-streamer.ts'
import { type ClientLink } from './client-link.ts'
import { type AudioItem, type SpeechItem } from './channel-items.ts'
import { metricsOf } from './turn-metrics.ts'
import { Turn, type TurnTimings } from './turn.ts'
import { type TurnGate } from './turn-gate.ts'

export interface TurnQueueDeps {
  readonly clock: Clock
  readonly link: ClientLink
  readonly gate: TurnGate
  readonly sentences: Channel<SpeechItem>
  readonly audio: Channel<AudioItem>
  readonly streamer: Pick<AudioStreamer, 'reset'>
  /** Called in the tick of the interruption. @returns what was heard of the message being spoken. */
  readonly onInterrupted: (turn: Turn) => Heard | undefined
  /** A turn begins: what runs in the background makes way. */
  readonly onBegin: () => void
  readonly onEnded: (turn: Turn, outcome: TurnOutcome) => void
  /** A turn threw what it should have handled. */
  readonly onFailure: (turn: Turn, error: unknown) => void
}

export interface Heard {
  readonly messageId: string
  readonly text: string
}

export interface TurnRequest {
  readonly askedAtMs: number
  readonly endOfUtteranceDelayMs?: number
  readonly transcriptionDelayMs?: number
  /** Does the turn: resolves when its end marker is on its way, or when it has settled the turn itself. */
  readonly run: (turn: Turn) => Promise<void>
}

/** The turns of a connection, one at a time, in the order asked. */
export class TurnQueue {
  readonly #deps: TurnQueueDeps
  readonly #waiting: (TurnRequest & { readonly isUrgent: boolean })[] = []
  readonly #announced = new WeakSet<Turn>()
  #running: Turn | undefined
  #isClosed = false

  constructor(deps: TurnQueueDeps) {
    this.#deps = deps
  }

  get running(): Turn | undefined {
    return this.#running
  }

  /** Starts the turn now, in this tick, or after those that were asked before. */
  submit(request: TurnRequest): void {
    this.#waiting.push({ ...request, isUrgent: false })
    this.#startNext()
  }

  /** Ends the running turn and starts this one, ahead of those that wait. */
  submitNow(request: TurnRequest): void {
    const afterUrgent = this.#waiting.findLastIndex(({ isUrgent }) => isUrgent) + 1
    this.#waiting.splice(afterUrgent, 0, { ...request, isUrgent: true })
    if (this.#running) this.interrupt()
    else this.#startNext()
  }

  /**
   * Ends the running turn, in one synchronous tick: when this returns, nothing of it can reach the client any more,
   * and the client has been told. Legal in every state. Turns that wait are started next.
   */
  interrupt(id?: string): void {
    const { gate, sentences, audio, streamer, link } = this.#deps
    const turn = this.#running
    const epoch = gate.close()
    if (turn) {
      turn.settle('interrupted')
      sentences.drop((item) => item.turn === turn)
      audio.drop((item) => item.turn === turn)
    }
    const heard = turn && this.#deps.onInterrupted(turn)
    streamer.reset()
    const what = heard ? { message_id: heard.messageId, heard_text: heard.text } : {}
    link.send({ type: 'interrupt_ack', ...(id === undefined ? {} : { id }), data: { epoch, ...what } })
    if (turn) this.#end(turn)
  }

  /** Tells the client that the turn has begun; if it has ended meanwhile, that too. */
  announce(turn: Turn, data: Omit<EventData<'turn_started'>, 'epoch'>): void {
    this.#deps.link.send({ type: 'turn_started', data: { epoch: turn.epoch, ...data } })
    this.#announced.add(turn)
    if (turn.outcome) this.#tellEnd(turn, turn.outcome)
  }

  /** The turn has been heard to its end, or cannot go on. */
  finish(turn: Turn, outcome: TurnOutcome): void {
    if (turn.settle(outcome)) this.#end(turn)
  }

  /** Those that wait will not be started. */
  forgetWaiting(): void {
    this.#waiting.length = 0
  }

  /** Ends the running turn and forgets those that wait. */
  clear(): void {
    this.forgetWaiting()
    if (this.#running) this.interrupt()
  }

  /** As `clear`, for good. */
  close(): void {
    this.#isClosed = true
    this.clear()
  }

  #startNext(): void {
    if (this.#running || this.#isClosed) return
    const request = this.#waiting.shift()
    if (!request) return
    const turn = new Turn(this.#deps.gate.open(), timingsOf(request))
    this.#running = turn
    this.#deps.onBegin()
    request.run(turn).catch((error: unknown) => {
      if (!turn.signal.aborted) this.#deps.onFailure(turn, error)
      this.finish(turn, 'failed')
    })
    // A later message that interrupts ends this one too, though it has only just begun.
    if (this.#waiting[0]?.isUrgent) this.interrupt()
  }

  #end(turn: Turn): void {
    const { outcome } = turn
    if (outcome && this.#announced.has(turn)) this.#tellEnd(turn, outcome)
    if (this.#running !== turn) return
    this.#running = undefined
    // The next turn begins in a tick of its own, behind whatever ended this one.
    queueMicrotask(() => this.#startNext())
  }

  #tellEnd(turn: Turn, outcome: TurnOutcome): void {
    const metrics = metricsOf(turn, this.#deps.clock.nowMs())
    this.#deps.link.send({ type: 'turn_ended', data: { epoch: turn.epoch, outcome, metrics } })
    this.#deps.onEnded(turn, outcome)
  }
}

function timingsOf(request: TurnRequest): TurnTimings {
  const { askedAtMs, endOfUtteranceDelayMs, transcriptionDelayMs } = request
  return {
    askedAtMs,
    ...(endOfUtteranceDelayMs === undefined ? {} : { endOfUtteranceDelayMs }),
    ...(transcriptionDelayMs === undefined ? {} : { transcriptionDelayMs }),
    tokens: 0,
    sentences: 0,
    staleDropped: 0,
  }
}
