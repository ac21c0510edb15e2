import { type ErrorCode } from '#shared/errors.ts'
import { type GenerationInfo, type MessageRole } from '#shared/entities.ts'

/** What a screen shows of one message. */
export interface TranscriptLine {
  /** The message's id; `local-…` until the server has named it. */
  readonly id: string
  readonly role: MessageRole
  readonly name: string
  readonly characterId: string | null
  /** What was said; of an interrupted line, what was heard of it. */
  readonly text: string
  /** The rest of an interrupted line, which nobody heard. */
  readonly unheard: string
  readonly state: LineState
  /** Whether the user spoke it, as opposed to typing. */
  readonly isSpoken: boolean
  /** The characters of `text` whose sound is being heard now. */
  readonly sounding: TextRange | null
  /** While the line is being spoken: how much of `text` has been heard. */
  readonly heardUntil: number | null
  /** Shown, but not told to the model. */
  readonly isExcluded: boolean
  /** Which of its alternatives the line is, from 0, and of how many. */
  readonly alternativeIndex: number
  readonly alternativeCount: number
  /** What was looked up or done for it. */
  readonly toolUses: readonly LineToolUse[]
  /** How a reply came about; null until it has been asked for, and of what nobody generated. */
  readonly generation: GenerationInfo | null
  /** ISO 8601. */
  readonly createdAt: string
}

export interface LineToolUse {
  readonly id: string
  readonly name: string
  readonly arguments: Readonly<Record<string, unknown>>
  /** Null while it is under way. */
  readonly result: string | null
  readonly isError: boolean
}

export type LineState = 'sending' | 'streaming' | 'complete' | 'interrupted' | 'failed'

/** From `start` up to, not including, `end`. */
export interface TextRange {
  readonly start: number
  readonly end: number
}

/** What the user is saying; the first `stableLength` characters will not change any more. */
export interface LiveCaption {
  readonly text: string
  readonly stableLength: number
}

/** What the model wrote for the user, so far. */
export interface Impersonation {
  readonly text: string
  readonly isFinal: boolean
}

export interface Notice {
  readonly id: string
  readonly tone: 'error' | 'info'
  readonly text: string
  readonly code?: ErrorCode
  readonly retry?: () => void
}

/** What happens in the open conversation, call or no call. */
export type Activity = 'idle' | 'hearing' | 'transcribing' | 'thinking' | 'speaking' | 'interrupted'

export { type ConnectionStatus } from '../socket/wire.ts'

/** Exactly one is shown. */
export type CallState =
  | 'connecting'
  | 'ready'
  | 'listening'
  | 'hearing'
  | 'transcribing'
  | 'thinking'
  | 'speaking'
  | 'interrupted'
  | 'muted'
  | 'on_hold'
  | 'reconnecting'
  | 'mic_blocked'
  | 'model_loading'
