import { type ReplyEvent } from '../contracts.ts'

/** What one event of any server's stream says, in the one form that all dialects are read into. */
export interface ReplyChunk {
  readonly text: string
  readonly reasoning: string
  readonly toolPieces: readonly ToolPiece[]
  readonly finishReason: FinishReason | undefined
  readonly usage: Usage | undefined
}

export type FinishReason = Extract<ReplyEvent, { type: 'finish' }>['reason']

/** A tool call comes in pieces: its name first, its arguments bit by bit. */
export interface ToolPiece {
  /** Which call of the reply it belongs to, where the server counts them. */
  readonly index: number | undefined
  readonly id: string
  readonly name: string
  readonly argumentsJson: string
}

/** What a reply used, as far as the server tells. */
export interface Usage {
  readonly promptTokens?: number | undefined
  readonly cachedTokens?: number | undefined
  readonly completionTokens?: number | undefined
  readonly reasoningTokens?: number | undefined
  /** Where the server does the sum itself. */
  readonly cost?: number | undefined
}

export const NOTHING: ReplyChunk = {
  text: '',
  reasoning: '',
  toolPieces: [],
  finishReason: undefined,
  usage: undefined,
}

/** A piece of what a model writes. */
export interface ThoughtOrText {
  readonly type: 'text' | 'reasoning'
  readonly text: string
}
