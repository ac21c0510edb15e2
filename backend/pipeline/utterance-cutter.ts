import { type ListeningMode } from '#shared/protocol/commands.ts'
import { Channel } from '../lib/channel.ts'
import { Endpointing, msOfSamples, samplesOfMs, type EndpointingSettings, type Span } from './endpointing.ts'
import { RecentAudio } from './recent-audio.ts'

export interface CutterSettings extends EndpointingSettings {
  /** How much audio from before its first sound belongs to an utterance. */
  readonly preRollMs: number
  /** A longer utterance is cut here, and another goes on with the next sample. */
  readonly maxUtteranceMs: number
}

/** What the user says in one go. All `…AtMs` are audio time since listening started. */
export interface Utterance {
  readonly speechStartedAtMs: number
  /** For one consumer: first the pre-roll, then as it is spoken; ends with the utterance. */
  readonly audio: AsyncIterable<Int16Array>
}

export type UtteranceEndReason =
  /** The user was silent for `endOfTurnSilenceMs`. */
  | 'silence'
  /** It reached `maxUtteranceMs`; another one follows at once. */
  | 'length'
  /** Listening was stopped. */
  | 'stopped'

export type CutterEvent =
  | { readonly type: 'speech_started'; readonly atMs: number }
  /** With every window of speech: how long the user has been speaking by now, pauses left out. */
  | { readonly type: 'speaking'; readonly voicedMs: number }
  | { readonly type: 'speech_stopped'; readonly atMs: number }
  | { readonly type: 'utterance_started'; readonly utterance: Utterance }
  | {
      readonly type: 'utterance_ended'
      readonly utterance: Utterance
      readonly reason: UtteranceEndReason
      /** When the last sound of it ended, and when that was certain. */
      readonly speechEndedAtMs: number
      readonly endedAtMs: number
    }

export interface HeardWindow extends Span {
  readonly samples: Int16Array
}

interface OpenUtterance extends Utterance {
  readonly audio: Channel<Int16Array>
  /** Where its audio begins. */
  readonly startSample: number
}

/** Words begin softly: the window that confirms speech may come this much later than the first sound. */
const SLOWEST_CONFIRMATION_MS = 1000

/** Cuts judged windows into utterances. Synchronous; `onEvent` hears of everything in order. */
export class UtteranceCutter {
  readonly #settings: CutterSettings
  readonly #mode: ListeningMode
  readonly #onEvent: (event: CutterEvent) => void
  readonly #endpointing: Endpointing
  readonly #recent: RecentAudio
  #utterance: OpenUtterance | undefined
  #endSample = 0
  /** Where the latest speech ended: no later utterance reaches back beyond it. */
  #speechEndSample = -Infinity

  /** @param options.before audio from just before the first window */
  constructor(options: {
    settings: CutterSettings
    mode: ListeningMode
    before: Int16Array
    onEvent: (event: CutterEvent) => void
  }) {
    const { settings, mode } = options
    this.#settings = settings
    this.#mode = mode
    this.#onEvent = options.onEvent
    // Who holds the button means to speak: the first sound of it is believed.
    this.#endpointing = new Endpointing(mode === 'push_to_talk' ? { ...settings, minSpeechMs: 0 } : settings)
    this.#recent = new RecentAudio(samplesOfMs(settings.preRollMs + SLOWEST_CONFIRMATION_MS))
    this.#recent.add(options.before)
  }

  /** @param probability `undefined` if nobody can tell: then a held button counts as speech, and else it is silence. */
  next(window: HeardWindow, probability: number | undefined): void {
    this.#endSample = window.endSample
    this.#recent.add(window.samples)
    this.#utterance?.audio.trySend(window.samples)
    const change = this.#endpointing.judge(window, probability ?? (this.#mode === 'push_to_talk' ? 1 : 0))
    if (change?.type === 'started') this.#startSpeech(change.atSample)
    if (change?.type === 'voiced')
      this.#onEvent({ type: 'speaking', voicedMs: msOfSamples(change.voicedSamples) })
    if (change?.type === 'stopped') {
      this.#stopSpeech(change.atSample)
      if (this.#mode === 'hands_free') this.#endUtterance('silence', change.atSample)
    }
    this.#cutLongUtterance()
  }

  /** Ends what is under way. */
  end(): void {
    const change = this.#endpointing.end()
    if (change) this.#stopSpeech(change.atSample)
    this.#endUtterance('stopped', this.#speechEndSample)
  }

  #startSpeech(atSample: number): void {
    this.#onEvent({ type: 'speech_started', atMs: Math.max(0, msOfSamples(atSample)) })
    if (this.#utterance) return
    const fromSample = Math.max(atSample - samplesOfMs(this.#settings.preRollMs), this.#speechEndSample)
    this.#startUtterance(atSample, this.#recent.last(this.#endSample - fromSample))
  }

  #stopSpeech(atSample: number): void {
    this.#speechEndSample = atSample
    this.#onEvent({ type: 'speech_stopped', atMs: msOfSamples(atSample) })
  }

  #startUtterance(speechStartSample: number, audioSoFar: Int16Array): void {
    const audio = new Channel<Int16Array>({ capacity: Infinity })
    if (audioSoFar.length > 0) audio.trySend(audioSoFar)
    const speechStartedAtMs = Math.max(0, msOfSamples(speechStartSample))
    const utterance = { speechStartedAtMs, audio, startSample: this.#endSample - audioSoFar.length }
    this.#utterance = utterance
    this.#onEvent({ type: 'utterance_started', utterance })
  }

  #endUtterance(reason: UtteranceEndReason, speechEndSample: number): void {
    const utterance = this.#utterance
    if (!utterance) return
    this.#utterance = undefined
    utterance.audio.close()
    this.#onEvent({
      type: 'utterance_ended',
      utterance,
      reason,
      speechEndedAtMs: msOfSamples(Math.max(speechEndSample, utterance.startSample)),
      endedAtMs: msOfSamples(this.#endSample),
    })
  }

  #cutLongUtterance(): void {
    const lengthSamples = this.#endSample - (this.#utterance?.startSample ?? this.#endSample)
    if (lengthSamples < samplesOfMs(this.#settings.maxUtteranceMs)) return
    this.#endUtterance('length', this.#endSample)
    this.#startUtterance(this.#endSample, new Int16Array(0))
  }
}
