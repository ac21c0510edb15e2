import { type EngineStatus, type ModelSettings, type VoiceSettings } from '#shared/entities.ts'

/**
 * The four contracts behind which every engine stands. Rules for all of them:
 * - `signal` is required. When it aborts, the call rejects (or its iterable throws) within 50 ms, and whatever
 *   it held (request, worker job, child) is let go. Ask the signal, not the error, whether it was an abort.
 * - Failures are `AppError`s with an `engine_…` code; their sentence names the engine and what to do.
 * - Calls may overlap freely; one engine serves all connections.
 * - After disposal nothing is left: no timer, socket, worker or child.
 */
export interface Engine extends AsyncDisposable {
  /** As in the configuration: `openai`, `flite`, … */
  readonly name: string
  /** Cheap; never waits for the network. */
  status(): EngineStatus
}

// ── Voice activity ──────────────────────────────────────────────────────────────────────────────

/** One judgement per 512 samples at 16 kHz (32 ms). */
export const VAD_WINDOW_SAMPLES = 512

export interface VoiceActivityDetector extends Engine {
  /** A stream of its own state; close it with `Symbol.dispose`. */
  openStream(): VadStream
}

export interface VadStream extends Disposable {
  /**
   * The probability (0 … 1) that the window holds speech. Windows of one stream are judged in order; those of
   * all streams are batched.
   * @param window exactly `VAD_WINDOW_SAMPLES` samples, PCM16 mono at 16 kHz; not kept.
   * @throws AppError `engine_failed` if the detector died; the stream stays usable after it restarts.
   */
  speechProbability(window: Int16Array): Promise<number>
  /** Forgets what was heard, as at the start of a call. */
  reset(): void
}

// ── Speech to text ──────────────────────────────────────────────────────────────────────────────

export interface Transcriber extends Engine {
  /** One per connection, so that a decoder may adapt to its speaker and is never shared between users. */
  openSession(): TranscriptionSession
}

export interface TranscriptionSession extends AsyncDisposable {
  /**
   * Transcribes one utterance. Utterances of a session are transcribed one after another.
   * @param audio PCM16 mono at 16 kHz in chunks of any length, as it is spoken; its end is the end of the utterance.
   * @returns partial texts (each the whole text so far), then exactly one final text, then ends. An utterance
   *   without words has an empty final text.
   */
  transcribe(audio: AsyncIterable<Int16Array>, signal: AbortSignal): AsyncIterable<TranscriptEvent>
}

export interface TranscriptEvent {
  readonly type: 'partial' | 'final'
  readonly text: string
}

// ── Language model ──────────────────────────────────────────────────────────────────────────────

export interface LanguageModel extends Engine {
  /**
   * Streams one reply. Breaking out of the loop closes the upstream connection, as aborting does.
   * @returns deltas, then exactly one `finish`; a stream that ends without one throws `engine_failed`.
   */
  streamReply(request: ReplyRequest, signal: AbortSignal): AsyncIterable<ReplyEvent>
}

export interface ReplyRequest {
  readonly messages: readonly ChatMessage[]
  readonly settings: ModelSettings
  /** Who is to speak and who else is present, for engines that do not read prompts. */
  readonly scene: Scene
}

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant'
  /** Who said it, where the model may be told apart speakers. */
  readonly name?: string
  readonly content: string
}

export interface Scene {
  readonly speaker: SceneCharacter
  /** Everyone present, the speaker included. */
  readonly cast: readonly SceneCharacter[]
  /** The conversation so far, oldest first, without prompt text. */
  readonly history: readonly SceneLine[]
}

export interface SceneCharacter {
  readonly id: string
  readonly name: string
  readonly personality: string
  readonly firstMessage: string
}

export interface SceneLine {
  readonly speaker: 'user' | 'character'
  readonly name: string
  readonly text: string
}

export type ReplyEvent =
  | { readonly type: 'text'; readonly text: string }
  /** Thoughts of the model: never spoken, never stored as the reply. */
  | { readonly type: 'reasoning'; readonly text: string }
  | {
      readonly type: 'finish'
      readonly reason: 'stop' | 'length' | 'content_filter'
      readonly tokens?: number
    }

// ── Text to speech ──────────────────────────────────────────────────────────────────────────────

export interface Synthesizer extends Engine {
  /** Of everything this engine yields. */
  readonly sampleRate: number
  /** The engine's own voices, best first. */
  readonly voices: readonly EngineVoice[]
  /**
   * Speaks one sentence. Text without anything to pronounce yields nothing.
   * @returns PCM16 mono at `sampleRate` in chunks as soon as they exist.
   */
  synthesize(request: SpeechRequest, signal: AbortSignal): AsyncIterable<SpeechChunk>
}

export interface EngineVoice {
  /** What `VoiceSettings.engine_voice` names. */
  readonly id: string
  readonly label: string
}

export interface SpeechRequest {
  /** Plain text to be pronounced: no markdown, no stage directions. */
  readonly text: string
  readonly voice: VoiceSettings
}

export interface SpeechChunk {
  readonly pcm: Int16Array
  /**
   * On the first chunk, where the engine knows: every word of the text in order, in samples since its start.
   * A long text is spoken in pieces; then words of later pieces are estimates, and a later chunk may bring the
   * whole list again, more exact: the last list counts.
   */
  readonly words?: readonly SpokenWordTime[]
}

export interface SpokenWordTime {
  readonly text: string
  readonly startSample: number
  readonly endSample: number
}
