import { type VadStream } from '../../engines/contracts.ts'
import { type Clock } from '../../lib/clock.ts'
import { UtteranceDetector, type UtteranceEvent } from '../../pipeline/utterance.ts'
import { soundsUnfinished } from './sounds-unfinished.ts'
import { type TurnDetection } from './session-schema.ts'
import { type SpokenWords } from './spoken-words.ts'

/** How long somebody who seems to be in the middle of a sentence is waited for. */
const LONGEST_WAIT_MS = { low: 8_000, medium: 4_000, auto: 4_000, high: 2_000 }
/** How much silence it takes until it is asked whether they are. */
const PAUSE_FACTOR = { low: 1.6, medium: 1, auto: 1, high: 0.6 }
const SEMANTIC_PREFIX_MS = 300
/** Shorter than this no pause is noticed reliably. */
const SHORTEST_PAUSE_MS = 100

export interface HearingSettings {
  readonly speechThreshold: number
  readonly endOfTurnSilenceMs: number
  readonly minSpeechMs: number
  readonly maxUtteranceMs: number
}

export interface HearingDeps {
  readonly vad: VadStream
  readonly clock: Clock
  readonly turnDetection: TurnDetection
  readonly settings: HearingSettings
  readonly newWords: () => SpokenWords
  /** Speech is certain. Moments are counted since hearing began. */
  readonly onStarted: (fromMs: number) => void
  readonly onStopped: (turn: HeardTurn) => void
  readonly onError: (error: unknown) => void
}

/** What a person said in one go. */
export interface HeardTurn {
  /** With the sound from just before it. */
  readonly fromMs: number
  readonly toMs: number
  readonly words: SpokenWords
}

interface OpenTurn {
  readonly fromMs: number
  toMs: number
  readonly words: SpokenWords
  /** Set while it is waited whether more is said. */
  stopWaiting: (() => void) | undefined
}

/** Listens for turns: by silence alone, or also by whether what was said sounds finished. */
export class Hearing implements Disposable {
  readonly #deps: HearingDeps
  readonly #detector: UtteranceDetector
  #turn: OpenTurn | undefined
  #fromMs = 0

  constructor(deps: HearingDeps) {
    const { vad, clock, turnDetection, settings } = deps
    this.#deps = deps
    const speechThreshold =
      turnDetection.type === 'server_vad' ? Math.max(0.05, turnDetection.threshold) : settings.speechThreshold
    this.#detector = new UtteranceDetector({
      vad,
      clock,
      settings: {
        speechThreshold,
        silenceThreshold: Math.max(0.01, speechThreshold - 0.15),
        minSpeechMs: settings.minSpeechMs,
        endOfTurnSilenceMs: this.#pauseMs(),
        preRollMs: this.#prefixMs(),
        maxUtteranceMs: settings.maxUtteranceMs,
        releaseTailMs: 0,
      },
      onEvent: (event) => this.#onEvent(event),
    })
    this.#detector.start('hands_free')
  }

  get isHearing(): boolean {
    return this.#turn !== undefined
  }

  /** PCM16 mono at 16 kHz. */
  hear(pcm: Int16Array): void {
    this.#detector.push(pcm)
  }

  /** Ends hearing. @returns what was being said. */
  end(): SpokenWords | undefined {
    const words = this.#turn?.words
    this.#turn?.stopWaiting?.()
    this.#turn = undefined
    this[Symbol.dispose]()
    return words
  }

  /** Ends hearing and forgets what is being said. */
  [Symbol.dispose](): void {
    this.#detector[Symbol.dispose]()
    this.#turn?.stopWaiting?.()
    this.#turn?.words.cancel()
    this.#turn = undefined
  }

  #pauseMs(): number {
    const { turnDetection, settings } = this.#deps
    const pauseMs =
      turnDetection.type === 'server_vad'
        ? turnDetection.silence_duration_ms
        : settings.endOfTurnSilenceMs * PAUSE_FACTOR[turnDetection.eagerness]
    return Math.max(SHORTEST_PAUSE_MS, pauseMs)
  }

  #prefixMs(): number {
    const { turnDetection } = this.#deps
    return turnDetection.type === 'server_vad' ? turnDetection.prefix_padding_ms : SEMANTIC_PREFIX_MS
  }

  #onEvent(event: UtteranceEvent): void {
    switch (event.type) {
      case 'speech_started':
        return this.#startTurn(event.atMs)
      case 'utterance_started':
        this.#startTurn(event.utterance.speechStartedAtMs)
        this.#turn?.words.add(event.utterance.audio)
        return
      case 'utterance_ended':
        // What was cut for its length goes on.
        if (event.reason === 'silence') this.#pause(event.endedAtMs)
        return
      case 'failed':
        return this.#deps.onError(event.error)
      case 'speaking':
      case 'speech_stopped':
    }
  }

  #startTurn(atMs: number): void {
    if (this.#turn) {
      this.#turn.stopWaiting?.()
      this.#turn.stopWaiting = undefined
      return
    }
    // No turn reaches back into the one before.
    const fromMs = Math.max(this.#fromMs, atMs - this.#prefixMs())
    this.#turn = { fromMs, toMs: fromMs, words: this.#deps.newWords(), stopWaiting: undefined }
    this.#deps.onStarted(fromMs)
  }

  #pause(atMs: number): void {
    const { turnDetection, clock } = this.#deps
    const turn = this.#turn
    if (!turn) return
    turn.toMs = atMs
    if (turnDetection.type === 'server_vad') return this.#finish()
    const waitMs = Math.max(0, LONGEST_WAIT_MS[turnDetection.eagerness] - this.#pauseMs())
    turn.stopWaiting = clock.after(waitMs, () => this.#finish())
    turn.words.onPiece = () => this.#finishIfComplete(turn)
    this.#finishIfComplete(turn)
  }

  /** Recognisers that tell nothing until the end are waited for: they are asked again when they have told. */
  #finishIfComplete(turn: OpenTurn): void {
    if (this.#turn !== turn || !turn.stopWaiting) return
    const { text, isSettled } = turn.words
    if (text === '' ? isSettled : !soundsUnfinished(text)) this.#finish()
  }

  #finish(): void {
    const turn = this.#turn
    if (!turn) return
    turn.stopWaiting?.()
    turn.words.onPiece = () => {}
    this.#turn = undefined
    this.#fromMs = turn.toMs
    this.#deps.onStopped(turn)
  }
}
