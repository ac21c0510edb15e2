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
  /**
   * Has a server transcribe a whole file, of whatever format it can read; absent where there is no server.
   * @throws AppError `engine_…`, e.g. if it cannot read the file; the signal's reason.
   */
  transcribeFile?(file: RecordingFile, signal: AbortSignal): Promise<FileTranscript>
}

export interface RecordingFile {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** With its ending, by which servers tell the format. */
  readonly name: string
  /** Into the language that is spoken, or into English. */
  readonly task: 'transcribe' | 'translate'
  /** Whether it is wanted when what was said. */
  readonly hasTimes: boolean
  /** As ISO 639-1. */
  readonly language?: string | undefined
  /** What it is about, or words that are in it. */
  readonly prompt?: string | undefined
}

/** Times in seconds. Absent is what the server did not tell. */
export interface FileTranscript {
  readonly text: string
  readonly language?: string | undefined
  readonly durationSeconds?: number | undefined
  readonly segments?: readonly TimedText[] | undefined
  readonly words?: readonly TimedText[] | undefined
}

export interface TimedText {
  readonly startSeconds: number
  readonly endSeconds: number
  readonly text: string
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
   * @returns deltas and tool calls, then exactly one `finish`; a stream that ends without one throws `engine_failed`.
   */
  streamReply(request: ReplyRequest, signal: AbortSignal): AsyncIterable<ReplyEvent>
  /**
   * What is known of a model without asking anybody: from the configuration, and from the server once it has told.
   * @param model as in `ModelSettings`; absent: the one that would answer.
   */
  profile(model?: string): ModelProfile
  /**
   * Asks the servers which models they have. @throws AppError `engine_…` if the first server cannot be asked.
   */
  listModels(signal: AbortSignal): Promise<readonly ModelProfile[]>
  /**
   * Has the server fetch a model it does not have; absent where there is nothing to fetch.
   * @throws AppError `engine_…` if the server cannot (only Ollama can), or does not find it; the signal's reason.
   */
  pullModel?(name: string, onProgress: (progress: PullProgress) => void, signal: AbortSignal): Promise<void>
  /** Models that do not chat but may make embeddings, as the servers told with their lists; cheap. */
  embeddingModels?(): readonly string[]
  /**
   * What texts mean, as vectors; absent where no server can say.
   * @throws AppError `engine_…`, e.g. if the server has no such model; the signal's reason.
   */
  embed?(request: EmbedRequest, signal: AbortSignal): Promise<Embedded>
}

export interface EmbedRequest {
  /** Absent: the one that would answer. */
  readonly model?: string | undefined
  /** Texts, or texts as their tokens. */
  readonly inputs: readonly (string | readonly number[])[]
  /** How long the vectors are to be, for models that can choose. */
  readonly dimensions?: number | undefined
}

export interface Embedded {
  /** One for each input, in its order. */
  readonly vectors: readonly (readonly number[])[]
  /** As the server counts; absent if it does not say. */
  readonly promptTokens?: number | undefined
}

export interface PullProgress {
  /** As the server says it, e.g. `pulling manifest`. */
  readonly status: string
  /** Of the part that is being fetched. */
  readonly completedBytes?: number
  readonly totalBytes?: number
}

/** What a prompt has to know of the model that reads it. */
export interface ModelProfile {
  /** As the server calls it. */
  readonly id: string
  /** Prompt and reply together, in tokens. */
  readonly contextTokens: number
  readonly canUseTools: boolean
  /** Whether it understands pictures; absent: nobody knows. */
  readonly canSee?: boolean
  /** How strict its chat template is about the order of roles; see `prompt/strict-roles.ts`. */
  readonly roles: RoleRules
  /** False for engines that do not read prompts: nothing is asked of them but replies. */
  readonly isLanguageModel: boolean
}

/**
 * `free`: any order. `merged`: no two in a row of the same role. `one_system`: merged, and system only at the start.
 * `strict`: one_system, and the first of the others is the user. `no_system`: strict, and system text goes to the user.
 */
export type RoleRules = 'free' | 'merged' | 'one_system' | 'strict' | 'no_system'

export interface ReplyRequest {
  readonly messages: readonly ChatMessage[]
  readonly settings: ModelSettings
  /** Who is to speak and who else is present, for engines that do not read prompts. */
  readonly scene: Scene
  /** What the model may call. */
  readonly tools?: readonly ToolSpec[]
  /** Texts at which the reply ends, most important first; a server takes as many as it can. */
  readonly stops?: readonly string[]
  readonly toolChoice?: ToolChoice
  readonly format?: ReplyFormat
  /** Further fields of a request to an OpenAI-compatible server, e.g. `logit_bias`; others leave them out. */
  readonly extra?: Readonly<Record<string, unknown>>
}

/** Whether tools are called: by name, only that one. */
export type ToolChoice = 'none' | 'auto' | 'required' | { readonly name: string }

/** `json`: any object; with a schema: exactly that. */
export type ReplyFormat =
  | 'json'
  | { readonly name: string; readonly schema: Readonly<Record<string, unknown>>; readonly strict: boolean }

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  /** Who said it, where the model may be told apart speakers. */
  readonly name?: string
  readonly content: string
  /** Pictures that go with it: `data:` addresses, or such as the server fetches itself. */
  readonly images?: readonly string[]
  /** What an assistant called in this message. */
  readonly toolCalls?: readonly ToolCallRequest[]
  /** On a `tool` message: which call it answers. */
  readonly toolCallId?: string
}

/** A function that the model may call. */
export interface ToolSpec {
  readonly name: string
  readonly description: string
  /** JSON Schema of its arguments: an object. */
  readonly parameters: Readonly<Record<string, unknown>>
}

export interface ToolCallRequest {
  readonly id: string
  readonly name: string
  /** JSON, as the model wrote it: to be checked. */
  readonly argumentsJson: string
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
  /** Whole, after its last piece has come. */
  | ({ readonly type: 'tool_call' } & ToolCallRequest)
  | {
      readonly type: 'finish'
      readonly reason: 'stop' | 'length' | 'content_filter' | 'tool_calls'
      readonly tokens?: number
      readonly report?: ReplyReport
    }

/** How a reply came about. Durations in milliseconds. */
export interface ReplyReport {
  /** The model that answered, as its server calls it. */
  readonly model: string
  /** Models that failed before it did. */
  readonly failedModels: readonly string[]
  /** Requests made, the successful one included. */
  readonly attempts: number
  readonly promptTokens?: number
  readonly cachedTokens?: number
  readonly reasoningTokens?: number
  /** How long its model took to be loaded, where that is known. */
  readonly loadMs?: number
  /** In the currency of the configured prices. */
  readonly cost?: number
}

// ── Text to speech ──────────────────────────────────────────────────────────────────────────────

export interface Synthesizer extends Engine {
  /** Of everything this engine yields. */
  readonly sampleRate: number
  /** The engine's own voices as far as they are known by now, best first. Cheap; see `listVoices`. */
  readonly voices: readonly EngineVoice[]
  /** Whether it can sound like a recording. */
  readonly canClone: boolean
  /** What of the settings it follows; it ignores the rest. */
  readonly honours: readonly VoiceTrait[]
  /**
   * Asks which voices there are; from then on `voices` holds them too. An engine that cannot be asked answers with
   * what is known of it. @throws the signal's reason; AppError `engine_…` if it should answer and does not.
   */
  listVoices(signal: AbortSignal): Promise<readonly EngineVoice[]>
  /**
   * Speaks one sentence. Text without anything to pronounce yields nothing.
   * @returns PCM16 mono at `sampleRate` in chunks as soon as they exist.
   */
  synthesize(request: SpeechRequest, signal: AbortSignal): AsyncIterable<SpeechChunk>
}

export interface EngineVoice {
  /** What `VoiceSettings.engine_voice` names. */
  readonly id: string
  readonly name: string
  /** BCP 47 */
  readonly language?: string
  readonly gender?: VoiceGender
  /** For people, in the engine's own words. */
  readonly description?: string
}

export type VoiceGender = 'female' | 'male' | 'neutral'
export type VoiceTrait = 'speed' | 'pitch' | 'formant' | 'style'

export interface SpeechRequest {
  /** Plain text to be pronounced: no markdown, no stage directions. */
  readonly text: string
  readonly voice: VoiceSettings
  /** In which language, as BCP 47; absent: whatever the engine takes the text for. */
  readonly language?: string
  /** What engines that take more than settings are told of the voice. */
  readonly brief?: VoiceBrief
}

/** Who is to be heard, in words or by example. */
export interface VoiceBrief {
  readonly description: string
  readonly scene: string
  /** A recording to sound like: its address in the media store, and what is said in it. */
  readonly likeness?: { readonly audio: string; readonly text: string }
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
