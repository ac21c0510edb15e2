import { type ModelSettings } from '#shared/entities.ts'
import { type ReplyEvent, type ReplyFormat, type ToolChoice, type ToolSpec } from '../../engines/contracts.ts'

/**
 * What all doors for other programs speak to: one directory of what can be talked to, and one stream of what comes
 * of asking. Every dialect (OpenAI, Ollama, LM Studio, Realtime) is a thin serialiser over these.
 */

/** Something that other programs see as a model. */
export interface Talkable {
  /** `llama3.1:8b`, or `character:<id>`. */
  readonly id: string
  /** Further names that find it: `character:nova` by its name, an alias of a runner. */
  readonly aliases: readonly string[]
  readonly kind: 'model' | 'character' | 'embedding'
  /** As people call it. */
  readonly name: string
  readonly description: string
  readonly createdAt: Date
  /** Prompt and reply together; Infinity if unknown. */
  readonly contextTokens: number
  readonly canUseTools: boolean
  readonly canThink: boolean
  /** Whether it understands pictures; absent: nobody knows, and its name has to say (`can-see.ts`). */
  readonly canSee?: boolean
  /** Whether it would answer at once. Servers elsewhere count as loaded. */
  readonly state: 'loaded' | 'loading' | 'not_loaded'
  /** What is known of the file behind it. */
  readonly file?: ModelFile
}

/** Of a model on this machine's disk. */
export interface ModelFile {
  readonly path: string
  readonly format: string
  readonly sizeBytes: number
  readonly modifiedAt: Date
  /** 64 hex digits. */
  readonly digest: string
  readonly architecture: string
  readonly parameterCount?: number
  readonly quantization: string
  readonly contextLength?: number
  readonly embeddingLength?: number
  readonly chatTemplate?: string
}

export interface Directory {
  /** Everything, characters last. What cannot be asked right now is left out. */
  list(signal: AbortSignal): Promise<readonly Talkable[]>
  /** By id or alias, upper and lower case alike; `:latest` behind a name counts as the name. */
  find(name: string, signal: AbortSignal): Promise<Talkable | undefined>
  /** A character has come or gone: what is known of them is read again. */
  charactersChanged(): void
}

export type Part =
  | { readonly type: 'text'; readonly text: string }
  /** A `data:` address, or one that the model's server fetches itself. */
  | { readonly type: 'image'; readonly url: string }

export interface DoorMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  readonly name?: string
  readonly parts: readonly Part[]
  readonly toolCalls?: readonly {
    readonly id: string
    readonly name: string
    readonly argumentsJson: string
  }[]
  readonly toolCallId?: string
}

export interface GenerateRequest {
  /** As the program named it. */
  readonly model: string
  readonly messages: readonly DoorMessage[]
  readonly settings: ModelSettings
  readonly stops: readonly string[]
  readonly tools: readonly ToolSpec[]
  readonly toolChoice?: ToolChoice | undefined
  readonly format?: ReplyFormat | undefined
  /** Fields of an OpenAI-compatible request that pass through to such a server, e.g. `logit_bias`. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined
  /** The answer will be read aloud: a character writes for the ear. */
  readonly isSpoken?: boolean | undefined
}

export type GenerateEvent =
  /** The model is being started. 0 … 1 */
  | { readonly type: 'load'; readonly progress?: number }
  | Exclude<ReplyEvent, { type: 'finish' }>
  | {
      readonly type: 'finish'
      readonly reason: 'stop' | 'length' | 'content_filter' | 'tool_calls'
      readonly usage: Usage
    }

/** Counted by the model's server, or estimated where it does not say. Durations in milliseconds. */
export interface Usage {
  readonly promptTokens: number
  readonly cachedTokens: number
  readonly completionTokens: number
  readonly reasoningTokens: number
  /** Until the model was ready. */
  readonly loadMs: number
  /** From then to its first token. */
  readonly firstTokenMs: number
  readonly totalMs: number
}

/**
 * Asks a model or a character.
 * @returns events, then exactly one `finish`.
 * @throws AppError `not_found` for an unknown model; `engine_…`; the signal's reason.
 */
export type Generate = (request: GenerateRequest, signal: AbortSignal) => AsyncIterable<GenerateEvent>
