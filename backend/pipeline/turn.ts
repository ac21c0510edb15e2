import { type GenerationInfo, type ToolUse } from '#shared/entities.ts'
import { type TurnOutcome } from '#shared/protocol/events.ts'
import { deferred } from '../lib/deferred.ts'
import { type Following } from '../store/contract.ts'
import { type MessageReader, type Reading } from './message-reader.ts'
import { type Sentence } from './sentences.ts'
import { type SpeakingVoices } from './speaking-voices.ts'

/** When things happened in a turn, in milliseconds of the session's clock; undefined where a stage did not run. */
export interface TurnTimings {
  /** The user's end of speech, or the arrival of a typed message: what latency is counted from. */
  readonly askedAtMs: number
  endOfUtteranceDelayMs?: number
  transcriptionDelayMs?: number
  modelAskedAtMs?: number
  firstTokenAtMs?: number
  firstSentenceAtMs?: number
  voiceAskedAtMs?: number
  firstSoundAtMs?: number
  firstFrameAtMs?: number
  tokens: number
  sentences: number
  staleDropped: number
}

/**
 * One user message and everything said in answer. Everything that belongs to it carries it, and with it its epoch and
 * its signal. It settles exactly once; what comes after is dropped at the gate.
 */
export class Turn {
  readonly epoch: number
  readonly timings: TurnTimings
  /** One per character that answers, in speaking order. */
  readonly messages: SpokenMessage[] = []
  /** Whether something went wrong on the way: it still ends in order, as failed. */
  hasFailed = false
  /** Sentences that could not be spoken. */
  voiceFailures = 0
  readonly #controller = new AbortController()
  readonly #ended = deferred<TurnOutcome>()
  #outcome: TurnOutcome | undefined

  constructor(epoch: number, timings: TurnTimings) {
    this.epoch = epoch
    this.timings = timings
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get outcome(): TurnOutcome | undefined {
    return this.#outcome
  }

  /** Resolves with the outcome, however the turn ended. */
  get ended(): Promise<TurnOutcome> {
    return this.#ended.promise
  }

  /** @returns false if it had settled before. */
  settle(outcome: TurnOutcome): boolean {
    if (this.#outcome) return false
    this.#outcome = outcome
    if (outcome === 'interrupted') this.#controller.abort(new Error('Interrupted'))
    this.#ended.resolve(outcome)
    return true
  }
}

/** A message on its way to being spoken: one character's part of a turn, one audio stream on the wire. */
export interface SpokenMessage {
  readonly turn: Turn
  readonly messageId: string
  readonly conversationId: string
  readonly speaker: Speaker
  /** Where it becomes another wording of a message that is stored: which one. */
  readonly alternativeIndex: number | undefined
  /** What was said behind that message when this wording was begun. */
  readonly following: Following | undefined
  /** How much of the text was there before, and is not spoken again. */
  readonly writtenBefore: number
  /** Who says what of it, and how. */
  readonly reader: MessageReader
  generation: GenerationInfo | null
  readonly toolUses: ToolUse[]
  /** Number of the audio stream on this connection (u16). */
  readonly stream: number
  /** Samples per second of the stream; known when its engine is. */
  readonly sampleRate: number
  /** The reply so far, as stored and shown. */
  content: string
  /** How much of it has been sent as text, in UTF-16 code units. */
  shownLength: number
  /** Whether its listener only reads: what was shown is what was heard. */
  readonly isOnlyRead: boolean
  /** Whether the reply has been written to its end. */
  isWritten: boolean
  /** What has been synthesised so far, in speaking order. */
  readonly sentences: SpokenSentence[]
  /** Sound that has left for the browser. */
  sentSamples: number
  /** Frames that have left for the browser. */
  sentFrames: number
  /** When all that has left will have been played, on the session's clock. */
  playsUntilMs: number
  /** Sound that waits to be sent until it is known whether it is the stream's last. */
  held: Int16Array | undefined
  /** What the browser says it has played; never more than was sent. */
  playedSamples: number
  /** Whether the browser has ever said so. */
  isPlaybackReported: boolean
  /** Whether it must not be cut when interrupted: an old message said again. */
  readonly isReplay: boolean
}

export interface Speaker {
  readonly id: string
  readonly name: string
  readonly voices: SpeakingVoices
}

/** A sentence and the sound made of it, or the part of one that is said in one voice. */
export interface SpokenSentence {
  readonly sentence: Sentence
  readonly reading: Reading
  /** First sample in the message's audio stream. */
  firstSample: number
  samples: number
  isComplete: boolean
  words:
    | readonly { readonly text: string; readonly startSample: number; readonly endSample: number }[]
    | undefined
}
