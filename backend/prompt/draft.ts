import { type ChatMessage, type ToolCallRequest } from '../engines/contracts.ts'
import { type PartName, type PromptPart } from './prompt-input.ts'
import { MESSAGE_TOKENS, SEPARATOR_TOKENS, type TokenCounter } from './token-counter.ts'

/** A part of the prompt, before it is known which message it stands in. */
export interface Piece {
  readonly name: PartName
  readonly text: string
  /** Where it comes from: a message, an entry of a lorebook, a character. */
  readonly source?: string
  readonly depth?: number
}

/** A message of the prompt, and the parts it is made of. */
export interface Draft {
  readonly role: ChatMessage['role']
  readonly pieces: readonly Piece[]
  /** What an assistant called; then the text of the piece is only how the call looks in the trace. */
  readonly toolCalls?: readonly ToolCallRequest[]
  readonly toolCallId?: string
}

/** A draft of one part. @returns none if there is nothing in it. */
export function draftOf(role: Draft['role'], pieces: readonly Piece[]): readonly Draft[] {
  const filled = pieces.filter(({ text }) => text.trim() !== '')
  return filled.length > 0 ? [{ role, pieces: filled }] : []
}

export function messageOf({ role, pieces, toolCalls, toolCallId }: Draft): ChatMessage {
  return {
    role,
    content: toolCalls ? '' : pieces.map(({ text }) => text).join('\n\n'),
    ...(toolCalls ? { toolCalls } : {}),
    ...(toolCallId === undefined ? {} : { toolCallId }),
  }
}

/** What the parts of a draft cost; the first one also pays for what the template puts around the message. */
export function partsOf({ role, pieces }: Draft, counter: TokenCounter): readonly PromptPart[] {
  return pieces.map((piece, index) => ({
    ...piece,
    role,
    tokens: counter.count(piece.text) + (index === 0 ? MESSAGE_TOKENS : SEPARATOR_TOKENS),
    included: true,
  }))
}

export function costOf(drafts: readonly Draft[], counter: TokenCounter): number {
  let tokens = 0
  for (const { pieces } of drafts) {
    for (const { text } of pieces) tokens += counter.count(text) + SEPARATOR_TOKENS
    if (pieces.length > 0) tokens += MESSAGE_TOKENS - SEPARATOR_TOKENS
  }
  return tokens
}
