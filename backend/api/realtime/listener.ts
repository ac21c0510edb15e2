import { type TranscriptionSession, type VadStream } from '../../engines/contracts.ts'
import { type Config } from '../../config.ts'
import { AppError } from '../../errors.ts'
import { Channel } from '../../lib/channel.ts'
import { type Clock } from '../../lib/clock.ts'
import { type Sound } from './audio-format.ts'
import { Hearing } from './hearing.ts'
import { newId } from './ids.ts'
import { InputAudio } from './input-audio.ts'
import { asMicrophone, MicrophoneFeed } from './microphone-feed.ts'
import { type Emit } from './server-events.ts'
import { type SessionConfig } from './session-config.ts'
import { SpokenWords } from './spoken-words.ts'

/** Of what is not committed yet. */
const MAX_HELD_BYTES = 32 * 1024 * 1024
/** Shorter input is nothing that could be said. */
const SHORTEST_COMMIT_MS = 100
/** While nobody speaks, this much is kept for the beginning of a word. */
const KEPT_SILENCE_MS = 6_500
/** It is forgotten in pieces of this length. */
const FORGOTTEN_AT_ONCE_MS = 5_000

export interface ListenerDeps {
  readonly clock: Clock
  readonly emit: Emit
  readonly vad: VadStream
  readonly transcription: TranscriptionSession
  readonly config: Pick<
    Config,
    | 'speech_threshold'
    | 'min_speech_ms'
    | 'end_of_turn_silence_ms'
    | 'max_utterance_ms'
    | 'transcription_timeout_ms'
  >
  readonly session: () => SessionConfig
  readonly onSpeechStarted: () => void
  /** What was said has become an item. `isTurn`: because its speaker has stopped. */
  readonly onCommitted: (said: CommittedInput) => void
  readonly onError: (error: unknown) => void
}

export interface CommittedInput {
  readonly itemId: string
  readonly sound: Sound
  readonly words: SpokenWords
  readonly isTurn: boolean
}

/** What is being recorded while no turns are detected. */
interface Dictation {
  readonly words: SpokenWords
  readonly audio: Channel<Int16Array>
  readonly feed: MicrophoneFeed
}

/** The listening half of a session: the input audio buffer, and who decides when it is committed. */
export class Listener implements Disposable {
  readonly #deps: ListenerDeps
  readonly #input: InputAudio
  #hearing: Hearing | undefined
  /** What the hearing hears. */
  #feed: MicrophoneFeed | undefined
  #dictation: Dictation | undefined
  /** Of the turn that is being heard. */
  #itemId = newId('item')

  constructor(deps: ListenerDeps) {
    this.#deps = deps
    this.#input = new InputAudio(deps.session().audio.input.format)
    this.restart()
  }

  /** Whether somebody is speaking. */
  get isHearing(): boolean {
    return this.#hearing?.isHearing ?? false
  }

  get nowMs(): number {
    return this.#input.nowMs
  }

  /** @throws AppError `rate_limited` if more is held than anybody says in one go. */
  append(base64: string): void {
    if (this.#input.sizeBytes + base64.length > MAX_HELD_BYTES) {
      throw new AppError('rate_limited', 'The input audio buffer is full; commit it or clear it')
    }
    const samples = this.#input.append(base64)
    if (!this.#hearing) this.#dictation ??= this.#newDictation()
    const feed = this.#feed ?? this.#dictation?.feed
    feed?.push(samples)
    const isLong = this.#input.heldMs > KEPT_SILENCE_MS + FORGOTTEN_AT_ONCE_MS
    if (isLong && this.#hearing && !this.isHearing) this.#input.forgetBefore(this.nowMs - KEPT_SILENCE_MS)
  }

  /** @throws AppError `invalid` if there is next to nothing in the buffer. */
  commit(): void {
    const { heldMs } = this.#input
    if (heldMs < SHORTEST_COMMIT_MS) throw tooShort(heldMs)
    const heard = this.#hearing?.end()
    const dictation = this.#dictation
    this.#dictation = undefined
    dictation?.feed.end(() => dictation.audio.close())
    if (heard) this.#tellStopped(this.nowMs)
    const sound = this.#input.take(0, this.nowMs)
    const words = heard ?? dictation?.words ?? this.wordsOf(sound)
    this.#commit({ sound, words, isTurn: false })
    this.restart()
  }

  clear(): void {
    this.#forget()
    this.#input.clear()
    this.restart()
  }

  /** Silence that was waited out becomes an item, too. @returns when it began and ended. */
  commitSilence(fromMs: number): CommittedInput & { readonly fromMs: number; readonly toMs: number } {
    const toMs = this.nowMs
    const silence = this.#input.take(fromMs, toMs)
    const said = { sound: silence, words: this.#newWords(), isTurn: false, itemId: this.#nextItemId() }
    return { ...said, fromMs: Math.min(fromMs, toMs), toMs }
  }

  /** What is said in a recording. */
  wordsOf(sound: Sound): SpokenWords {
    const words = this.#newWords()
    words.add(asMicrophone(sound))
    return words
  }

  /** Listens anew, as the session now wants it. */
  restart(): void {
    const { session, clock, vad, config } = this.#deps
    const { format, turn_detection: turnDetection } = session().audio.input
    this.#forget()
    this.#input.setFormat(format)
    if (!turnDetection) return
    const sinceMs = this.nowMs
    const hearing = new Hearing({
      vad,
      clock,
      turnDetection,
      settings: {
        speechThreshold: config.speech_threshold,
        minSpeechMs: config.min_speech_ms,
        endOfTurnSilenceMs: config.end_of_turn_silence_ms,
        maxUtteranceMs: config.max_utterance_ms,
      },
      newWords: () => this.#newWords(),
      onStarted: (fromMs) => this.#onStarted(sinceMs + fromMs),
      onStopped: ({ fromMs, toMs, words }) =>
        this.#onStopped({ fromMs: sinceMs + fromMs, toMs: sinceMs + toMs, words }),
      onError: (error) => this.#deps.onError(error),
    })
    this.#hearing = hearing
    this.#feed = new MicrophoneFeed(this.#input.rate, (samples) => hearing.hear(samples))
  }

  [Symbol.dispose](): void {
    this.#forget()
  }

  #onStarted(fromMs: number): void {
    this.#itemId = newId('item')
    this.#deps.emit({
      type: 'input_audio_buffer.speech_started',
      audio_start_ms: Math.round(fromMs),
      item_id: this.#itemId,
    })
    this.#deps.onSpeechStarted()
  }

  #onStopped({ fromMs, toMs, words }: { fromMs: number; toMs: number; words: SpokenWords }): void {
    this.#tellStopped(toMs)
    this.#commit({ sound: this.#input.take(fromMs, toMs), words, isTurn: true })
  }

  #tellStopped(atMs: number): void {
    const audio_end_ms = Math.round(atMs)
    this.#deps.emit({ type: 'input_audio_buffer.speech_stopped', audio_end_ms, item_id: this.#itemId })
  }

  #commit(said: Omit<CommittedInput, 'itemId'>): void {
    this.#deps.onCommitted({ ...said, itemId: this.#nextItemId() })
  }

  #nextItemId(): string {
    const itemId = this.#itemId
    this.#itemId = newId('item')
    return itemId
  }

  #newDictation(): Dictation {
    const audio = new Channel<Int16Array>({ capacity: Infinity })
    const words = this.#newWords()
    words.add(audio)
    const feed = new MicrophoneFeed(this.#input.rate, (samples) => void audio.trySend(samples))
    return { words, audio, feed }
  }

  #newWords(): SpokenWords {
    const { clock, transcription: session, config } = this.#deps
    return new SpokenWords({ session, clock, finalTimeoutMs: config.transcription_timeout_ms })
  }

  #forget(): void {
    this.#hearing?.[Symbol.dispose]()
    this.#hearing = undefined
    this.#feed = undefined
    this.#dictation?.words.cancel()
    this.#dictation?.audio.close()
    this.#dictation = undefined
  }
}

function tooShort(heldMs: number): AppError {
  const has = heldMs.toFixed(2)
  return new AppError(
    'invalid',
    `The input audio buffer is too small: at least ${SHORTEST_COMMIT_MS} ms are needed, it has ${has} ms`,
  )
}
