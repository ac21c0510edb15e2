import { type ListeningMode } from '#shared/protocol/commands.ts'
import { type TranscriptionSession, type VadStream } from '../engines/contracts.ts'
import { AppError } from '../errors.ts'
import { type Clock } from '../lib/clock.ts'
import { isBackchannel } from './backchannel.ts'
import { type ClientLink } from './client-link.ts'
import { transcribeUtterance } from './transcribe.ts'
import { UtteranceDetector, type UtteranceEvent, type UtteranceSettings } from './utterance.ts'
import { type Utterance } from './utterance-cutter.ts'

/** Recognised words count as an interruption only with this much voice behind them: a cough may look like a word. */
const MIN_VOICED_WORD_MS = 200

export interface EarsDeps {
  readonly clock: Clock
  readonly link: ClientLink
  readonly vad: VadStream
  readonly transcription: TranscriptionSession
  readonly utterances: UtteranceSettings
  readonly bargeInMs: number
  readonly finalTimeoutMs: number
  /** Whether someone is answering who could be talked over. */
  readonly isAnswering: () => boolean
  /** The user talks over whoever is answering. */
  readonly onBargeIn: () => void
  readonly onSpoken: (said: Spoken) => void
  readonly onError: (error: unknown) => void
}

export interface Spoken {
  readonly text: string
  /** Whether it ends what is being said, or waits its turn. */
  readonly isInterrupting: boolean
  /** When the user stopped speaking, on the session's clock. */
  readonly askedAtMs: number
  readonly endOfUtteranceDelayMs: number
  readonly transcriptionDelayMs: number
}

/** How the user wants to be listened to. */
export interface ListeningWishes {
  /** How long silence may last before it ends what is said. Absent: as the server is set. */
  readonly pauseMs?: number | undefined
  /** Whether speech interrupts who is answering. Absent: it does. */
  readonly canBargeIn?: boolean | undefined
}

/** An utterance that is being heard, or has been and is still being transcribed. */
interface Hearing {
  readonly mode: ListeningMode
  /** Aborts when the user takes it back, and with the connection. */
  readonly cancel: AbortController
  voicedMs: number
  /** The latest of what was understood. */
  text: string
  hasInterrupted: boolean
  /** When it was certain that it had ended, and how long that took. */
  ended: { readonly atMs: number; readonly delayMs: number } | undefined
}

/** The listening side of a connection: microphone in; words, interruptions and the user's messages out. */
export class Ears implements AsyncDisposable {
  readonly #deps: EarsDeps
  readonly #detector: UtteranceDetector
  readonly #hearings = new Map<Utterance, Hearing>()
  #mode: ListeningMode = 'hands_free'
  #canBargeIn = true
  #current: Hearing | undefined

  constructor(deps: EarsDeps) {
    const { vad, clock, utterances } = deps
    this.#deps = deps
    this.#detector = new UtteranceDetector({
      vad,
      clock,
      settings: utterances,
      onEvent: (event) => this.#onEvent(event),
    })
  }

  start(mode: ListeningMode, { pauseMs, canBargeIn = true }: ListeningWishes = {}): void {
    this.#mode = mode
    this.#canBargeIn = canBargeIn
    this.#detector.start(mode, pauseMs)
  }

  /** Microphone sound: PCM16 mono at 16 kHz. Dropped while not listening. */
  hear(pcm: Int16Array): void {
    this.#detector.push(pcm)
  }

  /** What was said so far becomes the user's message. */
  async stop(): Promise<void> {
    await this.#detector.stop()
  }

  /** Stops listening and forgets what was said in this utterance. */
  async discard(): Promise<void> {
    for (const hearing of this.#hearings.values()) hearing.cancel.abort(new Error('Taken back'))
    await this.#detector.stop()
    for (const hearing of this.#hearings.values()) hearing.cancel.abort(new Error('Taken back'))
    this.#deps.link.send({ type: 'stt_update', data: { text: '' } })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const hearing of this.#hearings.values()) hearing.cancel.abort(new Error('The connection is closed'))
    this.#detector[Symbol.dispose]()
    await this.#deps.transcription[Symbol.asyncDispose]()
    this.#deps.vad[Symbol.dispose]()
  }

  #onEvent(event: UtteranceEvent): void {
    const { link, clock } = this.#deps
    switch (event.type) {
      case 'speech_started':
      case 'speech_stopped':
        link.send({ type: event.type, data: { at_ms: event.atMs } })
        return
      case 'speaking':
        this.#onVoice(event.voicedMs)
        return
      case 'utterance_started':
        this.#follow(event.utterance)
        return
      case 'utterance_ended': {
        const hearing = this.#hearings.get(event.utterance)
        if (hearing) hearing.ended = { atMs: clock.nowMs(), delayMs: event.endedAtMs - event.speechEndedAtMs }
        return
      }
      case 'failed':
        this.#deps.onError(event.error)
    }
  }

  #onVoice(voicedMs: number): void {
    const hearing = this.#current
    if (!hearing) return
    hearing.voicedMs = voicedMs
    // What sounds like "yeah" so far gets the time to become more than that.
    const patience = hearing.text !== '' && isBackchannel(hearing.text) ? 2 : 1
    if (voicedMs >= patience * this.#deps.bargeInMs) this.#bargeIn(hearing)
  }

  #bargeIn(hearing: Hearing): void {
    // Whoever begins to answer while the user is still talking is talked over as well.
    if (!this.#canBargeIn || !this.#deps.isAnswering()) return
    hearing.hasInterrupted = true
    this.#deps.onBargeIn()
  }

  #follow(utterance: Utterance): void {
    const cancel = new AbortController()
    const hearing: Hearing = {
      mode: this.#mode,
      cancel,
      voicedMs: 0,
      text: '',
      hasInterrupted: false,
      ended: undefined,
    }
    this.#hearings.set(utterance, hearing)
    this.#current = hearing
    this.#transcribe(utterance, hearing)
      .catch((error: unknown) => {
        if (!hearing.cancel.signal.aborted) this.#deps.onError(error)
      })
      .finally(() => this.#hearings.delete(utterance))
      .catch(() => {}) // Deleting cannot fail; the chain must not float.
  }

  async #transcribe(utterance: Utterance, hearing: Hearing): Promise<void> {
    const { clock, link, transcription, finalTimeoutMs } = this.#deps
    const events = transcribeUtterance(
      { session: transcription, clock, finalTimeoutMs },
      utterance.audio,
      hearing.cancel.signal,
    )
    for await (const { type, text } of events) {
      switch (type) {
        case 'update':
          hearing.text = text
          link.send({ type: 'stt_update', data: { text } })
          if (hearing.voicedMs >= MIN_VOICED_WORD_MS && !isBackchannel(text)) this.#bargeIn(hearing)
          break
        case 'stabilized':
          link.send({ type: 'stt_stabilized', data: { text } })
          break
        case 'final':
          this.#finish(hearing, text.trim())
      }
    }
  }

  #finish(hearing: Hearing, text: string): void {
    const { clock, link } = this.#deps
    const isIgnored = !hearing.hasInterrupted && this.#deps.isAnswering() && isBackchannel(text)
    if (text === '' || isIgnored) {
      // Takes the partial text off the screen again.
      link.send({ type: 'stt_update', data: { text: '' } })
      if (text === '' && hearing.mode === 'push_to_talk') {
        this.#deps.onError(
          new AppError('nothing_heard', 'I did not hear any words; hold the button while you speak'),
        )
      }
      return
    }
    link.send({ type: 'stt_final', data: { text } })
    const nowMs = clock.nowMs()
    const ended = hearing.ended ?? { atMs: nowMs, delayMs: 0 }
    this.#deps.onSpoken({
      text,
      isInterrupting: this.#canBargeIn,
      askedAtMs: ended.atMs - ended.delayMs,
      endOfUtteranceDelayMs: ended.delayMs,
      transcriptionDelayMs: nowMs - ended.atMs,
    })
  }
}
